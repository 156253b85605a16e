import BenchmarkSupport
import CWestwind
import Glibc
import MQTTProtocol
import WestwindMQTT
import WestwindSockets

/// Two MQTT clients, one from Swift and one from C, on a broker that takes all and says no more than CONNACK.
final class PublisherPair {
  private let swift: MQTTClient
  private let c = UnsafeMutablePointer<mqtt_client>.allocate(capacity: 1)
  private let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 8192, alignment: 8)
  private let topic = Array("sensors/temperature".utf8)
  private let topicForC = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 19)
  private let clientIdentifier = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 1)
  /// As a program in C keeps it from call to call.
  private let param = UnsafeMutablePointer<mqtt_publish_param>.allocate(capacity: 1)
  private var address: sockaddr_in
  private let broker: BlockingThread<Void>
  private let listener: SocketDescriptor

  init() throws {
    let listener = try SocketDescriptor.open(.ipv4)
    try listener.bind(to: .loopback(port: 0))
    try listener.listen()
    self.listener = listener
    let port = try listener.getsockname().port ?? 0
    broker = BlockingThread {
      let drains = try (0..<2).map { _ in
        let socket = try listener.accept()
        return BlockingThread { try drain(socket) }
      }
      for drain in drains { try drain.join() }
    }
    address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian

    var configuration = MQTTConfiguration(clientIdentifier: "s")
    configuration.isCleanStart = true
    swift = MQTTClient(configuration, transport: .tcp(host: "127.0.0.1", port: port)) { _, _ in }
    try swift.connect()
    _ = topicForC.initialize(from: topic)
    param.initialize(to: mqtt_publish_param())
    param.pointee.message.topic.topic = mqtt_utf8(utf8: topicForC.baseAddress, size: UInt32(topicForC.count))
    param.pointee.message.payload.data = memory.baseAddress!.assumingMemoryBound(to: UInt8.self)
    clientIdentifier[0] = UInt8(ascii: "c")
    mqtt_client_init(c)
    c.pointee.client_id = mqtt_utf8(utf8: clientIdentifier.baseAddress, size: 1)
    c.pointee.clean_session = 1
    let buffer = memory.baseAddress!.assumingMemoryBound(to: UInt8.self)
    (c.pointee.rx_buf, c.pointee.rx_buf_size) = (buffer, 4096)
    (c.pointee.tx_buf, c.pointee.tx_buf_size) = (buffer, 4096)
    let connected = withUnsafePointer(to: &address) { address in
      c.pointee.broker = UnsafeRawPointer(address)
      return mqtt_connect(c)
    }
    precondition(connected == 0)
    // CONNACK
    while !swift.canPublish { try swift.input() }
    while mqtt_ping(c) != 0 { precondition(mqtt_input(c) == 0) }
  }

  func publishBySwift(size: Int) throws {
    let payload = UnsafeRawBufferPointer(rebasing: memory[..<size])
    let topic = topic  // a class lends no memory of its properties
    try swift.publish(
      PublishPacket(topic: topic.span, payloadLength: 0), payload: RawSpan(_unsafeBytes: payload))
  }

  func publishByC(size: Int) {
    param.pointee.message.payload.len = UInt32(size)
    precondition(mqtt_publish(c, param) == 0)
  }

  func close() throws {
    swift.abort()
    _ = mqtt_abort(c)
    try broker.join()
    try listener.close()
  }

  deinit {
    c.deallocate()
    memory.deallocate()
    clientIdentifier.deallocate()
    topicForC.deallocate()
    param.deallocate()
  }
}

/// Says CONNACK, and reads until the client has gone.
private func drain(_ socket: SocketDescriptor) throws {
  defer { try? socket.close() }
  _ = try socket.recv(maxCount: 1024)
  _ = try socket.send([0x20, 2, 0, 0])
  while let bytes = try? socket.recv(maxCount: 65536), !bytes.isEmpty {}
}
