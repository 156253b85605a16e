import Glibc
import MQTTProtocol
import Synchronization
import Testing
import WestwindMQTT
import WestwindSockets
import WestwindTestBrokers
import WestwindTestSupport

/// Brokers that go down and come back while messages flow.
@Suite(.serialized, .timeLimit(.minutes(15)))
struct BrokerRestartTests {
  /// How often a broker goes down in each test: `WESTWIND_BROKER_RESTARTS`, which `Scripts/test --full` sets to 100.
  static let restarts = getenv("WESTWIND_BROKER_RESTARTS").flatMap { Int(String(cString: $0)) } ?? 10

  @Test(brokersAreInstalled, arguments: [BrokerTransport.tcp, .ws], MQTTVersion.allCases)
  func `nothing is lost, and nothing of QoS 2 comes twice, when mosquitto is restarted at 1,000 messages a second`(
    transport: BrokerTransport, version: MQTTVersion
  ) throws {
    var options = MosquittoOptions()
    options.transports = [transport]
    options.isPersistent = true
    options.maxQueuedMessages = 0
    // Of the messages under way to a client, mosquitto 2.0.11 takes up again only so many in the state that they had,
    // and publishes the rest anew, also where it had its PUBREC already ([MQTT-4.3.3-6] forbids it): those come twice.
    // A subscriber that falls behind over a few restarts has more than the 20 of mosquitto's default.
    options.maxInflightMessages = 20_000
    let broker = try Mosquitto(options)
    defer { broker.terminate() }
    try exchange(try broker.clientTransport(transport), version) { round in
      usleep(UInt32(50_000 + 37_000 * (round % 5)))
      // mosquitto writes what it keeps when it ends
      try broker.stop()
      try broker.restart()
    }
  }

  @Test(arguments: [BrokerTransport.tcp, .ws], MQTTVersion.allCases)
  func `nothing is lost, and nothing of QoS 2 comes twice, when connections are cut in the middle of packets`(
    transport: BrokerTransport, version: MQTTVersion
  ) throws {
    var options = EchoBroker.Options()
    options.transport = transport
    let broker = try EchoBroker(options)
    defer { broker.stop() }
    try exchange(try .loopback(transport, port: broker.port), version) { round in
      usleep(UInt32(50_000 + 37_000 * (round % 5)))
      broker.takeDown()
      usleep(UInt32(1000 * (round % 30)))
      broker.comeBack()
    }
    broker.stop()
    // a connection may be cut in the middle of the client's packets; what was whole has to be right
    #expect(broker.violations.filter { !$0.hasPrefix("a packet over several frames") } == [])
  }

  /// Has one agent publish to another, at 1,000 messages a second of QoS 1 and 2 by turns, while the broker goes down.
  private func exchange(
    _ transport: MQTTTransport, _ version: MQTTVersion, goDown: (Int) throws -> Void
  ) throws {
    let (once, atLeastOnce, answers) = (Tally(), Tally(), Tally())
    // what to show where a test fails
    let journal = Mutex<[String]>([])
    let subscriber = MQTTAgent(configuration("sub", version), transport: transport) { event in
      guard case .message(let message) = event, let number = Int(String(decoding: message.payload, as: UTF8.self))
      else { return journal.withLock { $0.append("\(event)") } }
      (message.qos == .exactlyOnce ? once : atLeastOnce).note(number)
    }
    try subscriber.start()
    defer { subscriber.stop(timeout: .seconds(1)) }
    #expect(try subscriber.subscribe("flow/#") == .grantedQoS2)
    let publisher = MQTTAgent(configuration("pub", version), transport: transport) { _ in }
    try publisher.start()
    defer { publisher.stop(timeout: .seconds(1)) }

    let flow = Flow(publisher, answers)
    do {
      for round in 0..<Self.restarts { try goDown(round) }
    } catch {
      _ = try? flow.end()
      throw error
    }
    let sent = try flow.end()
    #expect(sent > 100 * Self.restarts / 10)

    let deadline = ContinuousClock.now + .seconds(60)
    while answers.count < sent || once.count + atLeastOnce.count < sent, .now < deadline { usleep(10_000) }
    #expect(answers.missing(0..<sent) == [] && answers.doubled == [])
    let missing =
      atLeastOnce.missing(stride(from: 0, to: sent, by: 2)) + once.missing(stride(from: 1, to: sent, by: 2))
    let events = journal.withLock { $0.suffix(12).joined(separator: "; ") }
    #expect(
      missing.isEmpty, "\(missing.count) of \(sent), from \(missing.first ?? 0) to \(missing.last ?? 0); \(events)")
    #expect(once.doubled == [])
    #expect(publisher.stop(timeout: .seconds(20)))
  }

  private func configuration(_ name: String, _ version: MQTTVersion) -> MQTTAgentConfiguration {
    var client = MQTTConfiguration(name, version)
    client.isCleanStart = false
    client.sessionExpiryInterval = 3600
    client.keepAlive = 5
    var configuration = MQTTAgentConfiguration(client)
    configuration.queueLimit = 1_000_000
    configuration.reconnectMinimum = .milliseconds(5)
    configuration.reconnectMaximum = .milliseconds(100)
    return configuration
  }
}

/// Publishes numbers at 1,000 a second, on a thread of its own, until it is told to end.
private struct Flow {
  private let isOver = Flag()
  private let thread: BlockingThread<Int>

  init(_ agent: MQTTAgent, _ answers: Tally) {
    thread = BlockingThread { [isOver] in
      let start = ContinuousClock.now
      var sent = 0
      while !isOver.isSet {
        // as many as the time asks for, so that a busy machine catches up
        let due = Int((ContinuousClock.now - start) / .milliseconds(1))
        while sent < due {
          let number = sent
          sent += 1
          try agent.publish(
            topic: "flow/\(number % 2)", payload: Array("\(number)".utf8),
            qos: number % 2 == 0 ? .atLeastOnce : .exactlyOnce
          ) { result in
            if case .success = result { answers.note(number) }
          }
        }
        usleep(2_000)
      }
      return sent
    }
  }

  /// How many it sent.
  func end() throws -> Int {
    isOver.set()
    return try thread.join()
  }
}
