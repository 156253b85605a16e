import MQTTProtocol
import Testing
import WestwindTestBrokers
import WestwindTestSupport

/// That the echo broker is a broker, to a client which was not written here.
@Suite(
  .timeLimit(.minutes(5)), .enabled(if: PahoPeer.isInstalled, "needs .build/peers; run Scripts/prepare --tests"))
struct EchoBrokerTests {
  @Test(arguments: [4, 5], [BrokerTransport.tcp, .ws])
  func `messages of each QoS come back, in each version and transport`(version: Int, transport: BrokerTransport) throws
  {
    var options = EchoBroker.Options()
    options.transport = transport
    let broker = try EchoBroker(options)
    defer { broker.stop() }
    let peer = try connect(to: broker.port, transport, version: version)
    defer { peer.terminate() }
    try peer.subscribe("a/+")
    for qos in 0...2 {
      try peer.publish("a/b", "\(qos): ", count: 30, qos: qos)
      let messages = try peer.nextMessages(30)
      #expect(messages.map(\.text) == (0..<30).map { "\(qos): \($0)" })
      #expect(messages.allSatisfy { $0.qos == qos })
    }
    try peer.publish("b", "nobody", qos: 2)
    #expect(broker.accepted.count == 91)
    #expect(broker.violations == [])
    try peer.disconnect()
  }

  @Test
  func `a session is kept over a cut, and what was not acknowledged comes again`() throws {
    var options = EchoBroker.Options()
    options.cut = { $0 == 0 ? .written(100) : nil }
    let broker = try EchoBroker(options)
    defer { broker.stop() }
    let peer = try connect(to: broker.port, .tcp, version: 4, isCleanStart: false)
    defer { peer.terminate() }
    try peer.subscribe("a")
    for i in 0..<10 { broker.publish(.init(topic: "a", payload: Array("message \(i)".utf8), qos: .exactlyOnce)) }
    // a hundred bytes are not enough for all of them
    var texts: [String] = []
    while let message = try? peer.nextMessage(timeout: .seconds(2)) { texts.append(message.text) }
    #expect(texts.count < 10)
    let again = try connect(to: broker.port, .tcp, version: 4, isCleanStart: false)
    defer { again.terminate() }
    while texts.count < 10 { texts.append(try again.nextMessage().text) }
    #expect(Set(texts).count == 10)
    #expect(broker.connectionCount == 2)
  }

  @Test
  func `the silent proxy passes on, is silent, and passes on again`() throws {
    let broker = try EchoBroker()
    defer { broker.stop() }
    let proxy = try SilentProxy(to: broker.port)
    defer { proxy.stop() }
    let peer = try connect(to: proxy.port, .tcp, version: 5)
    defer { peer.terminate() }
    try peer.subscribe("a")
    try peer.publish("a", "one", qos: 1)
    #expect(try peer.nextMessage().text == "one")
    proxy.goSilent()
    try peer.publish("a", "two", qos: 0)
    #expect(throws: TestSupportError.self) { try peer.nextMessage(timeout: .milliseconds(300)) }
    #expect(broker.accepted.count == 1)
    proxy.speak()
    #expect(try peer.nextMessage().text == "two")
  }

  private func connect(
    to port: UInt16, _ transport: BrokerTransport, version: Int, isCleanStart: Bool = true
  ) throws -> PahoPeer {
    let peer = try PahoPeer()
    var connect = PahoPeer.Connect(clientIdentifier: "peer")
    connect.version = version
    connect.isCleanStart = isCleanStart
    guard try peer.connect(port: port, transport, connect)["reason"] == 0 else {
      throw TestSupportError("paho was not taken in")
    }
    return peer
  }
}
