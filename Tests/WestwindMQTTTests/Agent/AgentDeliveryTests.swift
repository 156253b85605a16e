import MQTTProtocol
import Testing
import WestwindMQTT
import WestwindSockets
import WestwindTestBrokers
import WestwindTestSupport

/// A broker that keeps sessions, and cuts connections off.
@Suite struct AgentDeliveryTests {
  /// Connections end after ever more bytes, one way and the other, so that every packet of the exchange is cut.
  @Test(arguments: MQTTVersion.allCases, [BrokerTransport.tcp, .ws])
  func `however often connections are cut, QoS 1 loses nothing and QoS 2 doubles nothing`(
    version: MQTTVersion, transport: BrokerTransport
  ) throws {
    var options = EchoBroker.Options()
    options.transport = transport
    options.framing = .whole
    options.cut = { connection in
      guard connection < 120 else { return nil }
      // the handshake of a WebSocket has some 250 bytes by itself
      let bytes = (transport == .ws ? 200 : 0) + connection * 3
      return connection.isMultiple(of: 2) ? .read(bytes) : .written(bytes)
    }
    let broker = try EchoBroker(options)
    defer { broker.stop() }
    let log = AgentLog()
    let agent = try startedAgent(agentConfiguration(version), broker.url, log)
    try agent.subscribe([MQTTSubscription("t/#")]) { _ in }
    let count = 60
    for i in 0..<count {
      try agent.publish(
        topic: "t/\(i % 3)", payload: payload(i), qos: i.isMultiple(of: 2) ? .exactlyOnce : .atLeastOnce
      ) { log.note($0) }
    }
    #expect(agent.stop(timeout: .seconds(60)))
    #expect(broker.violations == [])
    let taken = broker.accepted.compactMap { message in number(message.payload).map { ($0, message.qos) } }
    let once = taken.filter { $0.1 == .exactlyOnce }.map(\.0)
    let atLeastOnce = taken.filter { $0.1 == .atLeastOnce }.map(\.0)
    #expect(once == Array(stride(from: 0, to: count, by: 2)))
    #expect(Set(atLeastOnce) == Set(stride(from: 1, to: count, by: 2)))
    #expect(log.results.count == count)
    #expect(log.results.allSatisfy { (try? $0.get())?.isError == false })
  }

  @Test(arguments: MQTTVersion.allCases)
  func `what comes at QoS 2 is delivered once, in order, over cuts`(version: MQTTVersion) throws {
    var options = EchoBroker.Options()
    options.cut = { connection in connection < 80 ? .written(30 + connection * 5) : nil }
    let broker = try EchoBroker(options)
    defer { broker.stop() }
    let log = AgentLog()
    let agent = try startedAgent(agentConfiguration(version), broker.url, log)
    #expect(try agent.subscribe("t", qos: .exactlyOnce) == .grantedQoS2)
    for i in 0..<100 { broker.publish(EchoBroker.Message(topic: "t", payload: payload(i), qos: .exactlyOnce)) }
    #expect(log.wait { $0.messages.count >= 100 })
    #expect(agent.stop())
    #expect(log.messages.map { number($0.payload) } == Array(0..<100))
    #expect(broker.violations == [])
  }

  @Test func `a broker that lost its sessions is told the subscriptions again`() throws {
    let broker = try EchoBroker()
    defer { broker.stop() }
    let log = AgentLog()
    let agent = try startedAgent(agentConfiguration(.mqtt5), broker.url, log)
    try agent.subscribe("a/+")
    try agent.subscribe("b")
    try agent.unsubscribe(["b"])
    broker.takeDown()
    broker.forgetSessions()
    broker.comeBack()
    #expect(log.wait { $0.connections >= 2 })
    try agent.publish(topic: "b", payload: [1], qos: .atLeastOnce, timeout: .seconds(20))
    try agent.publish(topic: "a/1", payload: [2], qos: .atLeastOnce, timeout: .seconds(20))
    #expect(log.wait { $0.messages.contains { $0.payload == [2] } })
    #expect(!log.messages.contains { $0.payload == [1] })
    #expect(agent.stop())
  }

  @Test func `messages wait for a broker that is not there yet`() throws {
    let broker = try EchoBroker()
    defer { broker.stop() }
    broker.takeDown()
    let log = AgentLog()
    let agent = try startedAgent(agentConfiguration(.mqtt311), broker.url, log)
    for i in 0..<10 { try agent.publish(topic: "t", payload: payload(i), qos: .atLeastOnce) { log.note($0) } }
    #expect(log.wait { log in log.events.contains { if case .reconnecting = $0 { true } else { false } } })
    #expect(log.results.isEmpty)
    broker.comeBack()
    #expect(agent.stop(timeout: .seconds(30)))
    #expect(broker.accepted.map { number($0.payload) } == Array(0..<10))
  }
}
