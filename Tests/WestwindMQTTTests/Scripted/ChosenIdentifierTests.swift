import MQTTProtocol
import Testing
import WestwindMQTT
import WestwindSockets
import WestwindTestBrokers
import WestwindTestSupport

/// An application that keeps its messages itself: `publish(_:payload:identifier:)` and `release`.
@Suite struct ChosenIdentifierTests {
  /// A broker that notes what comes of PUBLISH and PUBREL, and answers what `answers` says to be answered.
  private static func broker(
    _ transport: BrokerTransport = .tcp, answers: @escaping @Sendable (String) -> Bool = { _ in true }
  ) throws -> ScriptedBroker<[String]> {
    try ScriptedBroker(transport) { connection in
      if transport.isWebSocket { try connection.upgrade() }
      _ = try connection.expectConnect()
      try connection.write(BrokerPacket.connAck(connection.rules))
      var log: [String] = []
      while let packet = try connection.readPacket() {
        let answer: PublishAcknowledgement.Kind?
        let identifier: UInt16
        switch packet {
        case .publish(let message):
          identifier = message.identifier
          answer = message.qos == .atMostOnce ? nil : message.qos == .atLeastOnce ? .pubAck : .pubRec
          log.append("publish \(identifier)\(message.isDuplicate ? " again" : "")")
        case .acknowledgement(let kind, let number, _):
          identifier = number
          answer = kind == .pubRel ? .pubComp : nil
          log.append("\(kind) \(identifier)")
        default: continue
        }
        if let answer, answers(log.last!) {
          try connection.write(BrokerPacket.acknowledgement(connection.rules, answer, identifier: identifier))
        }
      }
      return log
    }
  }

  @Test(arguments: [BrokerTransport.tcp, .ws], MQTTVersion.allCases)
  func `a message goes out under its identifier, with DUP where it was sent before`(
    transport: BrokerTransport, version: MQTTVersion
  ) throws {
    let broker = try Self.broker(transport)
    let driver = Driver(MQTTConfiguration("ours", version), try .loopback(transport, port: broker.port))
    try driver.connect()
    try driver.client.publish("a", qos: .atLeastOnce, identifier: 4000)
    try driver.run("PUBACK") { driver.inbox.pubAcks[4000] == .success }
    try driver.client.publish("a", qos: .exactlyOnce, isDuplicate: true, identifier: 65535)
    try driver.run("PUBCOMP") { driver.inbox.pubComps[65535] == .success }
    // at QoS 0 there is none
    try driver.client.publish("a", qos: .atMostOnce, identifier: 4000)
    // one that was answered is free again
    try driver.client.publish("a", qos: .atLeastOnce, isDuplicate: true, identifier: 4000)
    try driver.disconnect()
    #expect(
      try broker.join() == [
        ["publish 4000", "publish 65535 again", "pubRel 65535", "publish 0", "publish 4000 again"]
      ])
  }

  @Test func `an identifier that waits for its answer, and 0, are refused, and the connection goes on`() throws {
    let broker = try Self.broker { !["publish 7", "publish 1"].contains($0) }
    let driver = Driver(MQTTConfiguration("ours", .mqtt5), try .loopback(.tcp, port: broker.port))
    try driver.connect()
    try driver.client.publish("a", qos: .atLeastOnce, identifier: 7)
    for qos in [QoS.atLeastOnce, .exactlyOnce] {
      #expect(refusal { try driver.client.publish("a", qos: qos, identifier: 7) } == .identifierNotFree(7))
      #expect(refusal { try driver.client.publish("a", qos: qos, identifier: 0) } == .identifierNotFree(0))
    }
    #expect(refusal { try driver.client.release(7) } == .identifierNotFree(7))
    #expect(refusal { try driver.client.release(0) } == .identifierNotFree(0))
    // those that the client gives go round it
    let given = try (0..<8).map { _ in
      try driver.client.publish(topic: "b", payload: [], qos: .atLeastOnce)
    }
    #expect(Set(given).count == 8 && !given.contains(7))
    #expect(refusal { try driver.client.publish("a", qos: .atLeastOnce, identifier: given[0]) } != nil)
    #expect(driver.inbox.ends.isEmpty)
    try driver.disconnect()
    #expect(try broker.join()[0] == ["publish 7"] + given.map { "publish \($0)" })
  }

  @Test(arguments: MQTTVersion.allCases)
  func `PUBREL leaves once, for a message whose PUBREC another connection had`(version: MQTTVersion) throws {
    let broker = try Self.broker()
    let driver = Driver(MQTTConfiguration("ours", version), try .loopback(.tcp, port: broker.port))
    #expect(throws: MQTTError.self) { try driver.client.release(9) }
    try driver.connect()
    try driver.client.gather { () throws(MQTTError) in
      for _ in 0..<3 { try driver.client.release(9) }
    }
    // until PUBCOMP it is taken
    #expect(refusal { try driver.client.publish("a", qos: .exactlyOnce, identifier: 9) } == .identifierNotFree(9))
    try driver.run("PUBCOMP") { driver.inbox.pubComps[9] == .success }
    try driver.client.publish("a", qos: .exactlyOnce, identifier: 9)
    driver.inbox.pubComps[9] = nil
    try driver.run("PUBCOMP") { driver.inbox.pubComps[9] == .success }
    // later it begins anew
    try driver.client.release(9)
    driver.inbox.pubComps[9] = nil
    try driver.run("PUBCOMP") { driver.inbox.pubComps[9] == .success }
    try driver.disconnect()
    #expect(try broker.join() == [["pubRel 9", "publish 9", "pubRel 9", "pubRel 9"]])
  }

  @Test func `release in the event of PUBREC sends nothing more: PUBREL has been sent`() throws {
    let broker = try Self.broker()
    var isDone = false
    var failure: (any Error)?
    let client = MQTTClient(MQTTConfiguration("ours", .mqtt5), transport: try .loopback(.tcp, port: broker.port)) {
      client, event in
      switch event {
      case .pubRec(let packet): do { try client.release(packet.identifier) } catch { failure = error }
      case .pubComp: isDone = true
      default: break
      }
    }
    try client.connect()
    let deadline = ContinuousClock.now + Driver.patience
    var isPublished = false
    while !isDone, .now < deadline {
      _ = try client.descriptor?.poll(for: .readable, timeout: .seconds(1))
      try client.input()
      if client.canPublish, !isPublished {
        try client.publish("a", qos: .exactlyOnce, identifier: 3)
        isPublished = true
      }
    }
    #expect(isDone && failure == nil)
    try client.disconnect()
    #expect(try broker.join() == [["publish 3", "pubRel 3"]])
  }
}

extension MQTTClient {
  fileprivate func publish(
    _ topic: String, qos: QoS, isDuplicate: Bool = false, identifier: UInt16
  ) throws(MQTTError) {
    let packet = PublishPacket(topic: topic.utf8Span.span, qos: qos, isDuplicate: isDuplicate, payloadLength: 0)
    try publish(packet, payload: RawSpan(), identifier: identifier)
  }
}

/// Why the session refuses a call; nil where it does not.
private func refusal(_ call: () throws -> Void) -> SessionRefusal? {
  do { try call() } catch MQTTError.refused(let refusal) {
    return refusal
  } catch {
    Issue.record("\(error)")
  }
  return nil
}
