import MQTTProtocol
import Testing

struct SendingTests {
  @Test func `QoS 0 needs no identifier, QoS 1 ends with PUBACK, QoS 2 with PUBREC, PUBREL, PUBCOMP`() throws {
    let client = Client()
    try client.start()
    #expect(try client.publish(.atMostOnce) == 0)
    #expect(try client.publish(.atLeastOnce) == 1)
    #expect(try client.publish(.exactlyOnce) == 2)
    #expect(
      try client.receive(.pubAck, 1)
        == .done(identifier: 1, reasonCode: .success, record: .outgoingDone(identifier: 1)))
    #expect(
      try client.receive(.pubRec, 2)
        == .send(
          .pubRel, identifier: 2, reasonCode: .success, record: .release(identifier: 2, order: 3)))
    // once more, as a broker of 3.1.1 may
    #expect(
      try client.receive(.pubRec, 2) == .send(.pubRel, identifier: 2, reasonCode: .success, record: nil))
    #expect(
      try client.receive(.pubComp, 2)
        == .done(identifier: 2, reasonCode: .success, record: .outgoingDone(identifier: 2)))
    #expect(client.nextOutstanding(after: nil) == nil)
  }

  @Test func `MQTT-2.2.1-3: an identifier is used again only when it is free, and the one that rested longest first`()
    throws
  {
    let client = Client()
    try client.start()
    for i in 1...8 { #expect(try client.publish(.atLeastOnce) == UInt16(i)) }
    #expect(throws: SessionRefusal.noFreeIdentifier) { try client.publish(.atLeastOnce) }
    #expect(throws: SessionRefusal.noFreeIdentifier) { try client.subscribe(["a"]) }
    for i in [5, 2, 7] as [UInt16] { try client.receive(.pubAck, i) }
    #expect(try client.publish(.exactlyOnce) == 5)
    #expect(try client.subscribe(["a"]) == 2)
    #expect(try client.unsubscribe(["a"]) == 7)
  }

  @Test func `a refusal from the broker ends the exchange`() throws {
    let client = Client()
    try client.start()
    let one = try client.publish(.atLeastOnce)
    let two = try client.publish(.exactlyOnce)
    #expect(
      try client.receive(.pubAck, one, .quotaExceeded)
        == .done(identifier: one, reasonCode: .quotaExceeded, record: .outgoingDone(identifier: one)))
    #expect(
      try client.receive(.pubRec, two, .notAuthorized)
        == .done(identifier: two, reasonCode: .notAuthorized, record: .outgoingDone(identifier: two)))
    #expect(try client.receive(.pubComp, two) == .unknown(identifier: two))
  }

  @Test func `an answer of another kind is refused, and one to nothing is let pass`() throws {
    let client = Client()
    try client.start()
    let one = try client.publish(.atLeastOnce)
    let two = try client.publish(.exactlyOnce)
    #expect(throws: MQTTViolation.acknowledgementNotExpected(.pubRec, one)) { try client.receive(.pubRec, one) }
    #expect(throws: MQTTViolation.acknowledgementNotExpected(.pubAck, two)) { try client.receive(.pubAck, two) }
    #expect(throws: MQTTViolation.acknowledgementNotExpected(.pubComp, two)) { try client.receive(.pubComp, two) }
    #expect(try client.receive(.pubAck, 7) == .unknown(identifier: 7))
    #expect(try client.receive(.pubAck, 60_000) == .unknown(identifier: 60_000))
    #expect(
      try client.receive(.pubRec, 7)
        == .send(.pubRel, identifier: 7, reasonCode: .packetIdentifierNotFound, record: nil))
  }

  @Test func `MQTT-3.3.4-7: no more messages wait than the broker's receive maximum`() throws {
    let client = Client()
    try client.start(broker: [.integer(.receiveMaximum, 2)])
    try client.publish(.atLeastOnce)
    try client.publish(.exactlyOnce)
    #expect(!client.canPublish)
    #expect(throws: SessionRefusal.windowFull(2)) { try client.publish(.atLeastOnce) }
    #expect(try client.publish(.atMostOnce) == 0)
    try client.receive(.pubRec, 2)  // PUBREC makes no room
    #expect(!client.canPublish)
    try client.receive(.pubComp, 2)
    #expect(client.canPublish)
    #expect(try client.publish(.atLeastOnce) == 3)
  }

  @Test func `what the broker does not allow is not sent`() throws {
    let client = Client()
    try client.start(broker: [
      .integer(.maximumQoS, 1), .integer(.retainAvailable, 0), .integer(.maximumPacketSize, 20),
      .integer(.wildcardSubscriptionAvailable, 0), .integer(.sharedSubscriptionAvailable, 0),
      .integer(.subscriptionIdentifierAvailable, 0), .integer(.topicAliasMaximum, 1),
    ])
    #expect(throws: SessionRefusal.qosNotSupported(.atLeastOnce)) { try client.publish(.exactlyOnce) }  // MQTT-3.2.2-11
    #expect(throws: SessionRefusal.retainNotSupported) { try client.publish(.atMostOnce, retained: true) }  // -14
    #expect(throws: SessionRefusal.packetTooLarge(size: 21, limit: 20)) {  // -15
      try client.publish(.atMostOnce, payload: 15)
    }
    #expect(try client.publish(.atMostOnce, payload: 14) == 0)
    #expect(throws: SessionRefusal.topicAliasTooGreat(2, limit: 1)) { try client.publish(.atMostOnce, alias: 2) }
    #expect(throws: SessionRefusal.wildcardSubscriptionsNotSupported) { try client.subscribe(["a/#"]) }
    #expect(throws: SessionRefusal.sharedSubscriptionsNotSupported) { try client.subscribe(["$share/g/a"]) }
    #expect(throws: SessionRefusal.subscriptionIdentifiersNotSupported) {
      try client.subscribe(["a"], identifier: true)
    }
    #expect(throws: SessionRefusal.packetTooLarge(size: 31, limit: 20)) {
      try client.unsubscribe(["a/topic/of/23/characters"])
    }
    #expect(try client.subscribe(["a"]) == 1)
  }

  @Test func `MQTT-3.8.4-6: SUBACK and UNSUBACK have a code for each filter`() throws {
    let client = Client()
    try client.start()
    let one = try client.subscribe(["a", "b"])
    let two = try client.unsubscribe(["a"])
    #expect(throws: MQTTViolation.reasonCodeCount(expected: 2, received: 1)) { try client.receive(.subAck, one, [0]) }
    #expect(throws: MQTTViolation.acknowledgementNotExpected(.subAck, two)) { try client.receive(.subAck, two, [0]) }
    #expect(throws: MQTTViolation.acknowledgementNotExpected(.pubAck, one)) { try client.receive(.pubAck, one) }
    #expect(try client.receive(.subAck, one, [0, 0x80]))
    #expect(try client.receive(.unsubAck, two, [0x11]))
    #expect(try !client.receive(.subAck, one, [0]))
    let old = Client(.mqtt311)
    try old.start()
    #expect(try old.receive(.unsubAck, try old.unsubscribe(["a", "b"]), []))
  }

  @Test func `a filter that is not well formed is not subscribed to`() throws {
    let client = Client()
    try client.start()
    #expect(throws: SessionRefusal.violation(.multiLevelWildcardNotLast)) { try client.subscribe(["a#"]) }
    #expect(throws: SessionRefusal.violation(.emptyList(.subscribe))) { try client.subscribe([]) }
  }

  @Test func `aliases are given, used, and the one that was used longest ago gives way`() throws {
    let client = Client()
    try client.start(broker: [.integer(.topicAliasMaximum, 2)])
    #expect(client.alias("a") == .give(1))
    #expect(client.alias("a") == .give(1))  // it has not been sent
    try client.publish(.atMostOnce, topic: "a", alias: 1)
    #expect(client.alias("a") == .use(1))
    try client.publish(.atMostOnce, topic: "", alias: 1)
    #expect(throws: SessionRefusal.topicAliasUnknown(2)) { try client.publish(.atMostOnce, topic: "", alias: 2) }
    #expect(client.alias("b") == .give(2))
    try client.publish(.atMostOnce, topic: "b", alias: 2)
    #expect(client.alias("a") == .use(1))
    #expect(client.alias("c") == .give(2))
    try client.publish(.atMostOnce, topic: "c", alias: 2)
    #expect(client.alias("b") == .give(1))
    #expect(client.alias(String(repeating: "x", count: 257)) == .none)
    // MQTT-3.3.2-7
    _ = client.end()
    try client.start(present: true, broker: [.integer(.topicAliasMaximum, 2)])
    #expect(client.alias("c") == .give(1))
    #expect(throws: SessionRefusal.topicAliasUnknown(2)) { try client.publish(.atMostOnce, topic: "", alias: 2) }
  }

  @Test func `without a topic alias maximum no alias is given`() throws {
    let client = Client()
    try client.start()
    #expect(client.alias("a") == .none)
    #expect(throws: SessionRefusal.topicAliasTooGreat(1, limit: 0)) { try client.publish(.atMostOnce, alias: 1) }
  }
}
