import MQTTProtocol
import Synchronization
import Testing
import WestwindMQTT
import WestwindSockets
import WestwindTestBrokers
import WestwindTestSupport

@Suite struct AgentTests {
  /// A broker that ends each connection at once.
  private static func deadURL() throws -> (String, EchoBroker) {
    let broker = try EchoBroker()
    broker.takeDown()
    return (broker.url, broker)
  }

  @Test func `a full queue refuses, and says how full it is`() throws {
    let (url, broker) = try Self.deadURL()
    defer { broker.stop() }
    let log = AgentLog()
    var configuration = agentConfiguration(.mqtt311)
    configuration.queueLimit = 3
    configuration.queueBytesLimit = 1000
    let agent = try startedAgent(configuration, url, log)
    defer { agent.stop(timeout: .immediate) }
    for _ in 0..<3 { try agent.publish(topic: "t", payload: [1]) }
    #expect(refusal { try agent.publish(topic: "t", payload: [1]) }.contains("3 messages (queueLimit)"))
    #expect(agent.queued == 3)
  }

  @Test func `a full queue counts bytes as well`() throws {
    let (url, broker) = try Self.deadURL()
    defer { broker.stop() }
    let log = AgentLog()
    var configuration = agentConfiguration(.mqtt311)
    configuration.queueBytesLimit = 1000
    let agent = try startedAgent(configuration, url, log)
    defer { agent.stop(timeout: .immediate) }
    try agent.publish(topic: "t", payload: [UInt8](repeating: 0, count: 900))
    #expect(refusal { try agent.publish(topic: "t", payload: [UInt8](repeating: 0, count: 900)) } != "")
  }

  @Test func `with dropOldest the message that has waited longest gives way, and its sender is told`() throws {
    let (url, broker) = try Self.deadURL()
    defer { broker.stop() }
    let log = AgentLog()
    var configuration = agentConfiguration(.mqtt311)
    configuration.queueLimit = 2
    configuration.queuePolicy = .dropOldest
    let agent = try startedAgent(configuration, url, log)
    for i in 0..<5 { try agent.publish(topic: "t", payload: payload(i)) { log.note($0) } }
    #expect(log.results.count == 3)
    #expect(log.results.allSatisfy { if case .failure(.dropped) = $0 { true } else { false } })
    broker.comeBack()
    #expect(agent.stop(timeout: .seconds(30)))
    #expect(broker.accepted.map { number($0.payload) } == [3, 4])
  }

  @Test func `stop without time tells what was not delivered`() throws {
    let (url, broker) = try Self.deadURL()
    defer { broker.stop() }
    let log = AgentLog()
    let agent = try startedAgent(agentConfiguration(.mqtt311), url, log)
    for qos in QoS.allCases { try agent.publish(topic: "t", payload: [], qos: qos) { log.note($0) } }
    #expect(!agent.stop(timeout: .immediate))
    #expect(log.isStopped)
    #expect(log.results.count == 3)
    #expect(log.results.allSatisfy { if case .failure(.notRunning) = $0 { true } else { false } })
    #expect(refusal { try agent.publish(topic: "t", payload: []) } != "")
    // a second time nothing happens
    #expect(!agent.stop())
  }

  @Test func `a call that waits says its time is over, and what it asked for stays asked for`() throws {
    let (url, broker) = try Self.deadURL()
    defer { broker.stop() }
    let log = AgentLog()
    let agent = try startedAgent(agentConfiguration(.mqtt311), url, log)
    #expect(
      refusal { try agent.publish(topic: "t", payload: [7], qos: .atLeastOnce, timeout: .milliseconds(20)) }
        .contains("time was over"))
    #expect(refusal { try agent.subscribe("t", timeout: .milliseconds(20)) } != "")
    broker.comeBack()
    #expect(log.wait { $0.messages.contains { $0.payload == [7] } || !broker.accepted.isEmpty })
    #expect(agent.stop())
    #expect(broker.accepted.map(\.payload) == [[7]])
  }

  @Test func `the callback may publish, and may not wait`() throws {
    let broker = try EchoBroker()
    defer { broker.stop() }
    let log = AgentLog()
    let agent = Mutex<MQTTAgent?>(nil)
    let errors = Mutex<[String]>([])
    let made = MQTTAgent(agentConfiguration(.mqtt5), transport: MQTTTransport(url: try MQTTURL(broker.url))) { event in
      log.note(event)
      guard case .message(let message) = event, message.payload == [1] else { return }
      guard let agent = agent.withLock({ $0 }) else { return }
      do { try agent.subscribe("other") } catch { errors.withLock { $0.append("\(error)") } }
      do {
        try agent.publish(topic: "t", payload: [3], timeout: .seconds(5))
      } catch {
        errors.withLock { $0.append("\(error)") }
      }
      try? agent.publish(topic: "t", payload: [2])
      agent.stop(timeout: .seconds(10))
    }
    agent.withLock { $0 = made }
    try made.start()
    try made.subscribe("t")
    try made.publish(topic: "t", payload: [1])
    #expect(log.wait { $0.isStopped })
    #expect(made.stop())
    #expect(errors.withLock { $0 }.allSatisfy { $0.contains("within the callback") })
    #expect(errors.withLock { $0.count } == 2)
    #expect(broker.accepted.map(\.payload) == [[1], [2]])
    agent.withLock { $0 = nil }
  }

  @Test func `a payload over the limit is let go by and told`() throws {
    let broker = try EchoBroker()
    defer { broker.stop() }
    let log = AgentLog()
    var configuration = agentConfiguration(.mqtt5)
    configuration.maximumPayload = 100
    let agent = try startedAgent(configuration, broker.url, log)
    try agent.subscribe("t")
    try agent.publish(topic: "t", payload: [UInt8](repeating: 1, count: 200_000), qos: .exactlyOnce)
    try agent.publish(topic: "t", payload: [UInt8](repeating: 2, count: 100), qos: .exactlyOnce)
    #expect(log.wait { !$0.messages.isEmpty })
    #expect(agent.stop())
    #expect(log.messages.map(\.payload.count) == [100])
    #expect(
      log.events.contains { if case .messageTooLarge(topic: "t", payloadLength: 200_000) = $0 { true } else { false } })
  }

  @Test func `an agent that is told not to reconnect ends with the reason`() throws {
    let (url, broker) = try Self.deadURL()
    defer { broker.stop() }
    let log = AgentLog()
    var configuration = agentConfiguration(.mqtt311)
    configuration.reconnects = { _ in false }
    let agent = try startedAgent(configuration, url, log)
    #expect(log.wait { $0.isStopped })
    #expect(refusal { try agent.publish(topic: "t", payload: []) } != "")
    #expect(
      log.events.contains { if case .stopped(.transport?) = $0 { true } else { false } })
  }

  @Test func `what the broker's limits forbid fails by itself, and holds up nothing`() throws {
    var options = EchoBroker.Options()
    options.connAckProperties = [(.maximumPacketSize, 1000), (.maximumQoS, 1)]
    let broker = try EchoBroker(options)
    defer { broker.stop() }
    let log = AgentLog()
    let agent = try startedAgent(agentConfiguration(.mqtt5), broker.url, log)
    #expect(
      refusal { try agent.publish(topic: "t", payload: [UInt8](repeating: 0, count: 2000), timeout: .seconds(20)) }
        .contains("the broker takes 1000"))
    #expect(
      refusal { try agent.publish(topic: "t", payload: [], qos: .exactlyOnce, timeout: .seconds(20)) }
        .contains("QoS 1 at most"))
    #expect(try agent.publish(topic: "t", payload: [], qos: .atLeastOnce, timeout: .seconds(20)).isError == false)
    #expect(agent.stop())
  }

  @Test func `what cannot be a message is refused at once`() throws {
    let (url, broker) = try Self.deadURL()
    defer { broker.stop() }
    let log = AgentLog()
    let agent = try startedAgent(agentConfiguration(.mqtt311), url, log)
    defer { agent.stop(timeout: .immediate) }
    #expect(refusal { try agent.publish(topic: "a/#", payload: []) }.contains("wildcard"))
    #expect(refusal { try agent.publish(topic: "", payload: []) }.contains("empty"))
    var properties = MQTTProperties()
    try properties.append(.contentType, "x")
    #expect(refusal { try agent.publish(topic: "t", payload: [], properties: properties) } != "")
  }

  /// What a call is refused with; empty where it is not.
  private func refusal(_ body: () throws -> Void) -> String {
    do {
      try body()
      return ""
    } catch {
      return error is MQTTAgentError ? "\(error)" : ""
    }
  }
}
