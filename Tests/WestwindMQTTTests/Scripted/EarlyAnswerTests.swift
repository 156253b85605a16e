import MQTTProtocol
import Testing
import WestwindMQTT
import WestwindSockets
import WestwindTestBrokers
import WestwindTestSupport

/// Answers given in the callback that brings the message, with manual acknowledgements.
@Suite struct EarlyAnswerTests {
  /// A broker that sends messages of QoS 1 in one segment, and tells which answers came.
  private static func broker(_ identifiers: ClosedRange<UInt16>) throws -> ScriptedBroker<[UInt16]> {
    try ScriptedBroker(.tcp) { connection in
      _ = try connection.expectConnect()
      var bytes = try BrokerPacket.connAck(connection.rules)
      for identifier in identifiers {
        bytes += try BrokerPacket.publish(
          connection.rules, topic: "t", payload: [1, 2, 3], qos: .atLeastOnce, identifier: identifier)
      }
      try connection.writeRaw(bytes)
      var answers: [UInt16] = []
      while let packet = try connection.readPacket() {
        if case .acknowledgement(.pubAck, let identifier, _) = packet { answers.append(identifier) }
      }
      return answers
    }
  }

  /// Runs a client until it has had so many messages.
  private static func run(
    port: UInt16, messages: Int, version: MQTTVersion = .mqtt5,
    _ onPublish: @escaping (MQTTClient, UInt16) throws -> Void
  ) throws {
    var configuration = MQTTConfiguration("ours", version)
    configuration.acknowledgements = .manual
    var count = 0
    var failure: (any Error)?
    let client = MQTTClient(configuration, transport: try .loopback(.tcp, port: port)) { client, event in
      guard case .publish(let packet) = event else { return }
      count += 1
      do { try onPublish(client, packet.identifier) } catch { failure = error }
    }
    try client.connect()
    let deadline = ContinuousClock.now + Driver.patience
    while count < messages || client.payloadRemaining > 0 {
      guard .now < deadline else { throw TestSupportError("\(count) messages in time") }
      _ = try client.descriptor?.poll(for: .readable, timeout: .seconds(10))
      try client.input()
      if let failure { throw failure }
    }
    try client.disconnect()
  }

  @Test func `an answer before the payload has been read leaves behind it`() throws {
    let broker = try Self.broker(1...3)
    try Self.run(port: broker.port, messages: 3) { client, identifier in
      try client.acknowledge(identifier)
      let payload = try client.readPublishPayload(maximum: 10)
      #expect(payload == [1, 2, 3])
    }
    #expect(try broker.join() == [[1, 2, 3]])
  }

  @Test func `an answer that cannot be sent later is refused at once, and the connection goes on`() throws {
    let broker = try Self.broker(1...3)
    try Self.run(port: broker.port, messages: 3) { client, identifier in
      switch identifier {
      case 1: break
      case 2:
        // 1 waits for its answer
        #expect(throws: MQTTError.self) { try client.acknowledge(2) }
        #expect(throws: MQTTError.self) { try client.acknowledge(0) }
        try client.acknowledge(1)
        #expect(throws: MQTTError.self) { try client.acknowledge(2, reasonCode: .sessionTakenOver) }
        try client.acknowledge(2)
        // one answer is enough
        #expect(throws: MQTTError.self) { try client.acknowledge(2) }
      default: try client.acknowledge(3)
      }
      _ = try client.readPublishPayload(maximum: 10)
    }
    #expect(try broker.join() == [[1, 2, 3]])
  }

  @Test func `a message that is skipped can be answered in its callback`() throws {
    let broker = try Self.broker(1...2)
    try Self.run(port: broker.port, messages: 2) { client, identifier in
      let payload = try client.readPublishPayload(maximum: 2)
      #expect(payload == nil)
      try client.acknowledge(identifier, reasonCode: .quotaExceeded)
    }
    #expect(try broker.join() == [[1, 2]])
  }
}
