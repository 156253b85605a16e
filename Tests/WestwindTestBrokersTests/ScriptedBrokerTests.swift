import MQTTProtocol
import Testing
import WebSocketProtocol
import WestwindSockets
import WestwindTestBrokers
import WestwindTestPeer
import WestwindTestSupport

/// That the scripted broker cuts what it writes as it is told to, and sees what a client does wrong. The client is
/// written by hand.
@Suite(.timeLimit(.minutes(5)))
struct ScriptedBrokerTests {
  @Test(arguments: Framing.allCases)
  func `three packets are cut over frames as the framing says`(framing: Framing) throws {
    let broker = try ScriptedBroker(.ws) { connection in
      try connection.upgrade()
      connection.framing = framing
      connection.pingInterval = framing == .threeFrames ? 2 : 0
      for i in 1...3 { try connection.write([UInt8](repeating: UInt8(i), count: 6)) }
    }
    let client = try Client(port: broker.port)
    defer { client.close() }
    let frames = try client.framesToEnd()
    _ = try broker.join()
    let data = frames.filter { $0.opcode.rawValue < 8 }
    let sizes = data.map(\.payload.count)
    switch framing {
    case .whole: #expect(sizes == [6, 6, 6])
    case .eachByte: #expect(sizes == [Int](repeating: 1, count: 18))
    case .threeFrames: #expect(sizes == [Int](repeating: 2, count: 9))
    case .fragments:
      #expect(sizes == [Int](repeating: 2, count: 9))
      #expect(data.map(\.isFinal) == [false, false, true, false, false, true, false, false, true])
      #expect(data.map(\.opcode) == [.binary, .continuation, .continuation] + data[3...].map(\.opcode))
    case .joined: #expect(sizes == [18])
    }
    #expect(data.flatMap(\.payload) == (1...3).flatMap { [UInt8](repeating: $0, count: 6) })
    #expect(frames.count - data.count == (framing == .threeFrames ? 5 : 0))
  }

  @Test
  func `it takes a packet in one masked frame, and notes where one comes otherwise`() throws {
    let broker = try ScriptedBroker(.ws) { connection in
      try connection.upgrade()
      var kinds: [String] = []
      while let packet = try connection.readPacket() {
        if case .pingRequest = packet { kinds.append("ping") }
      }
      return "\(kinds.count) \(connection.violations) \(connection.pongs.count) \(connection.closeCode ?? 0)"
    }
    let client = try Client(port: broker.port)
    defer { client.close() }
    let mask = MaskingKey(littleEndian: 0x0102_0304)
    // right: one packet in one frame, and a PONG
    try client.write(.binary, [0xC0, 0], mask)
    try client.write(.pong, [1], mask)
    // over two frames, two in one, in fragments, without a mask, as text
    try client.write(.binary, [0xC0], mask)
    try client.write(.binary, [0], mask)
    try client.write(.binary, [0xC0, 0, 0xC0, 0], mask)
    try client.write(.binary, [0xC0], mask, isFinal: false)
    try client.write(.continuation, [0], mask)
    try client.write(.binary, [0xC0, 0], nil)
    try client.write(.text, [0x20], mask)
    try client.write(.close, [3, 0xE8], mask)
    let notes = [
      "a packet over several frames", "more than one packet in a frame", "a packet in fragments",
      "a packet over several frames", "a packet in fragments", "a frame without a mask", "a frame with opcode 1",
    ]
    #expect(try broker.join() == ["6 \(notes) 1 1000"])
  }

  @Test
  func `over TCP it reads packets wherever the stream is cut, and closes after so many bytes`() throws {
    let broker = try ScriptedBroker(.tcp) { connection in
      guard case .publish(let message)? = try connection.readPacket() else { return "no PUBLISH" }
      connection.writeAllowance = 5
      do {
        try connection.write([UInt8](repeating: 7, count: 10))
      } catch {
        connection.reset()
      }
      return "\(message.topic) \(message.qos) \(message.identifier) \(message.payload)"
    }
    let socket = try SocketDescriptor.open(.ipv4)
    defer { try? socket.close() }
    try socket.connect(to: .loopback(port: broker.port), timeout: .seconds(10))
    for byte: UInt8 in [0x32, 9, 0, 1, 0x61, 0, 5, 0, 1, 2, 3] { try socket.send([byte]) }
    #expect(try broker.join() == ["a atLeastOnce 5 [1, 2, 3]"])
    var bytes: [UInt8] = []
    while let more = try? socket.recv(maxCount: 100, timeout: .seconds(10)), !more.isEmpty { bytes += more }
    #expect(bytes.count <= 5)
  }
}

/// The other end, which writes frames as it is told to.
private struct Client {
  private let socket: SocketDescriptor

  /// Connects, and asks for a WebSocket.
  init(port: UInt16) throws {
    socket = try SocketDescriptor.open(.ipv4)
    try socket.connect(to: .loopback(port: port), timeout: .seconds(10))
    try socket.write(
      response([
        "GET /mqtt HTTP/1.1", "Host: 127.0.0.1", "Upgrade: websocket", "Connection: Upgrade",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Protocol: mqtt",
      ]))
    let head = try socket.readHead()
    // RFC 6455 1.3's own example
    guard head.value("Sec-WebSocket-Accept") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
      head.value("Sec-WebSocket-Protocol") == "mqtt"
    else { throw TestSupportError(head.text) }
  }

  func write(_ opcode: Opcode, _ payload: [UInt8], _ mask: MaskingKey?, isFinal: Bool = true) throws {
    try socket.write(Frame(opcode, payload, isFinal: isFinal, key: mask).bytes)
  }

  /// All frames up to the end of the stream.
  func framesToEnd() throws -> [Frame] {
    try parseFrames(socket.readToEnd()).frames
  }

  func close() { try? socket.close() }
}
