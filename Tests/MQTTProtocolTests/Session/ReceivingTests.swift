import MQTTProtocol
import Testing
import WestwindTestSupport

struct ReceivingTests {
  @Test(arguments: MQTTVersion.allCases)
  func `each QoS has its answer, and a message of QoS 2 is delivered once`(version: MQTTVersion) throws {
    let client = Client(version)
    try client.start()
    #expect(try client.take(.atMostOnce) == (.deliver, nil))
    #expect(client.nextAnswer == nil)
    #expect(try client.take(.atLeastOnce, 7) == (.deliver, nil))
    #expect(try client.answer(7) == (.pubAck, nil))
    #expect(try client.take(.exactlyOnce, 7) == (.deliver, .incoming(identifier: 7)))
    #expect(try client.answer(7) == (.pubRec, nil))
    #expect(try client.take(.exactlyOnce, 7, duplicate: true) == (.duplicate, nil))  // MQTT-4.3.3-10
    #expect(try client.answer(7) == (.pubRec, nil))
    #expect(
      try client.receive(.pubRel, 7)
        == .send(.pubComp, identifier: 7, reasonCode: .success, record: .incomingDone(identifier: 7)))
    #expect(
      try client.receive(.pubRel, 7)
        == .send(
          .pubComp, identifier: 7, reasonCode: version == .mqtt5 ? .packetIdentifierNotFound : .success, record: nil))
    #expect(try client.take(.exactlyOnce, 7) == (.deliver, .incoming(identifier: 7)))  // MQTT-4.3.3-12
  }

  @Test func `MQTT-4.6.0-2, MQTT-4.6.0-3: answers keep the order of the messages`() throws {
    let client = Client()
    try client.start()
    try client.take(.atLeastOnce, 3)
    try client.take(.exactlyOnce, 3)
    try client.take(.atLeastOnce, 1)
    #expect(throws: SessionRefusal.answerOutOfOrder(first: 3)) { try client.answer(1) }
    #expect(try client.answer(3).kind == .pubAck)
    #expect(try client.answer(3).kind == .pubRec)
    #expect(try client.answer(1).kind == .pubAck)
    #expect(throws: SessionRefusal.answerOutOfOrder(first: nil)) { try client.answer(1) }
  }

  @Test func `MQTT-3.3.4-9: more messages than the receive maximum are refused`() throws {
    let client = Client()
    try client.start()
    for i in 1...2 as ClosedRange<UInt16> { try client.take(.atLeastOnce, i) }
    for i in 1...2 as ClosedRange<UInt16> { try client.take(.exactlyOnce, i) }
    #expect(throws: MQTTViolation.receiveMaximumExceeded(4)) { try client.take(.atLeastOnce, 9) }
    #expect(throws: MQTTViolation.receiveMaximumExceeded(4)) { try client.take(.exactlyOnce, 9) }
    #expect(try client.take(.atMostOnce).0 == .deliver)
    _ = try client.answer(1)  // QoS 1: there is room again
    try client.take(.exactlyOnce, 9)
    #expect(MQTTViolation.receiveMaximumExceeded(4).reasonCode == .receiveMaximumExceeded)
  }

  @Test func `3.1.1 has no receive maximum: there is room for every packet identifier`() throws {
    let client = Client(.mqtt311)
    try client.start()
    for i in 1...65535 as ClosedRange<UInt16> {
      try client.take(.exactlyOnce, i)
      _ = try client.answer(i)
    }
    #expect(try client.take(.exactlyOnce, 4, duplicate: true) == (.duplicate, nil))
    _ = try client.answer(4)
    for i in 1...65535 as ClosedRange<UInt16> { try client.receive(.pubRel, i) }
    #expect(try client.take(.exactlyOnce, 4, duplicate: true).0 == .deliver)
  }

  @Test func `an identifier that waits for its answer may not come again`() throws {
    let client = Client()
    try client.start()
    try client.take(.atLeastOnce, 1)
    #expect(throws: MQTTViolation.packetIdentifierInUse(1)) { try client.take(.atLeastOnce, 1) }
    try client.take(.exactlyOnce, 1)
    #expect(throws: MQTTViolation.packetIdentifierInUse(1)) { try client.take(.exactlyOnce, 1) }
    #expect(throws: MQTTViolation.acknowledgementNotExpected(.pubRel, 1)) { try client.receive(.pubRel, 1) }
  }

  @Test func `a message that is refused is forgotten`() throws {
    let client = Client()
    try client.start()
    try client.take(.exactlyOnce, 1)
    #expect(throws: SessionRefusal.reasonCode(.packetIdentifierNotFound)) {
      try client.answer(1, .packetIdentifierNotFound)
    }
    #expect(try client.answer(1, .notAuthorized) == (.pubRec, .incomingDone(identifier: 1)))
    #expect(try client.take(.exactlyOnce, 1).0 == .deliver)
    let old = Client(.mqtt311)
    try old.start()
    try old.take(.atLeastOnce, 1)
    #expect(throws: SessionRefusal.reasonCode(.notAuthorized)) { try old.answer(1, .notAuthorized) }
  }

  @Test func `a connection that ends inside a payload leaves no trace of the message`() throws {
    let client = Client()
    try client.start()
    #expect(try client.arrive(.exactlyOnce, 1) == .deliver)
    #expect(client.end() == nil)
    try client.start(present: true)
    #expect(try client.take(.exactlyOnce, 1, duplicate: true) == (.deliver, .incoming(identifier: 1)))
  }

  @Test func `a message of QoS 2 is known on the next connection, whether it was answered or not`() throws {
    let client = Client()
    try client.start()
    try client.take(.exactlyOnce, 1)
    try client.take(.exactlyOnce, 2)
    _ = try client.answer(1)
    #expect(client.end() == nil)
    try client.start(present: true)
    #expect(client.nextAnswer == nil)
    #expect(try client.take(.exactlyOnce, 1, duplicate: true) == (.duplicate, nil))
    #expect(try client.take(.exactlyOnce, 2, duplicate: true) == (.duplicate, nil))
  }

  @Test func `an alias stands for its topic, on this connection, up to the announced maximum`() throws {
    let client = Client()
    try client.start()
    #expect(throws: MQTTViolation.topicAliasUnknown(1)) { try client.arrive(.atMostOnce, topic: "", alias: 1) }
    #expect(try client.arrive(.atMostOnce, topic: "one", alias: 1) == .deliver)
    #expect(client.publishIsWhole() == nil)
    #expect(try client.arrive(.atMostOnce, topic: "", alias: 1) == .deliver)
    #expect(client.publishIsWhole() == nil)
    #expect(client.topic(1) == "one".bytes)
    #expect(try client.arrive(.atMostOnce, topic: "two", alias: 1) == .deliver)
    #expect(client.publishIsWhole() == nil)
    #expect(client.topic(1) == "two".bytes && client.topic(2) == [] && client.topic(0) == [] && client.topic(99) == [])
    // MQTT-3.1.2-26, MQTT-3.3.2-11
    #expect(throws: MQTTViolation.topicAliasInvalid(3)) { try client.arrive(.atMostOnce, alias: 3) }
    let long = String(repeating: "x", count: 257)
    #expect(throws: MQTTViolation.aliasedTopicTooLong(257, limit: 256)) {
      try client.arrive(.atMostOnce, topic: long, alias: 2)
    }
    _ = client.end()
    try client.start(present: true)
    #expect(throws: MQTTViolation.topicAliasUnknown(1)) { try client.arrive(.atMostOnce, topic: "", alias: 1) }
  }

  @Test func `any identifiers of QoS 2 are told apart, whatever the broker chooses`() throws {
    var random = SeededGenerator(seed: 8)
    let client = Client(.mqtt311, limits: SessionLimits(incoming: 50))
    try client.start()
    var known: Set<UInt16> = []
    for _ in 0..<5000 {
      let identifier = UInt16.random(in: 1...120, using: &random) &* 512 | 1
      if random.bool(), known.count < 50 || known.contains(identifier) {
        let isKnown = known.contains(identifier)
        let (what, record) = try client.take(.exactlyOnce, identifier)
        #expect(what == (isKnown ? .duplicate : .deliver))
        #expect(record == (isKnown ? nil : .incoming(identifier: identifier)))
        _ = try client.answer(identifier)
        known.insert(identifier)
      } else {
        let record: StoreRecord? = known.remove(identifier) == nil ? nil : .incomingDone(identifier: identifier)
        #expect(
          try client.receive(.pubRel, identifier)
            == .send(.pubComp, identifier: identifier, reasonCode: .success, record: record))
      }
    }
  }
}
