import MQTTProtocol
import Testing

struct ResumingTests {
  /// Three messages under way: 1 at QoS 1, 2 waiting for PUBCOMP, 3 at QoS 2.
  static func underWay(_ version: MQTTVersion = .mqtt5) throws -> Client {
    let client = Client(version)
    try client.start()
    try client.publish(.atLeastOnce)
    try client.publish(.exactlyOnce)
    try client.publish(.exactlyOnce)
    try client.receive(.pubRec, 2)
    #expect(try client.subscribe(["a"]) == 4)
    return client
  }

  static let all: [ClientSession.Resend] = [
    .release(identifier: 2), .publish(identifier: 1, qos: .atLeastOnce), .publish(identifier: 3, qos: .exactlyOnce),
  ]

  @Test(arguments: MQTTVersion.allCases)
  func `MQTT-4.4.0-1: what was not answered is sent again, in its order`(version: MQTTVersion) throws {
    let client = try Self.underWay(version)
    #expect(client.end() == nil)
    try client.connect()
    #expect(try client.connAck(present: true) == .resumed)
    #expect(throws: SessionRefusal.resendFirst) { try client.publish(.atLeastOnce) }
    #expect(!client.canPublish && client.hasResends)
    #expect(client.resends() == Self.all)
    #expect(!client.hasResends && client.canPublish)
    // the subscription is not part of it, and its identifier is free
    #expect(try !client.receive(.subAck, 4, [0]))
    try client.receive(.pubComp, 2)
    try client.receive(.pubAck, 1)
    try client.receive(.pubRec, 3)
    try client.receive(.pubComp, 3)
    #expect(client.nextOutstanding(after: nil) == nil)
  }

  @Test func `sent again on every connection until it is answered, also one that ended half-way`() throws {
    let client = try Self.underWay()
    for _ in 0..<3 {
      _ = client.end()
      try client.start(present: true)
      #expect(client.nextResend() == Self.all[0])
      #expect(client.nextResend() == Self.all[1])
    }
    _ = client.end()
    try client.start(present: true)
    #expect(client.resends() == Self.all)
  }

  @Test func `the broker's window holds for what is sent again, and PUBREL needs no room in it`() throws {
    let client = try Self.underWay()
    _ = client.end()
    try client.start(present: true, broker: [.integer(.receiveMaximum, 2)])
    #expect(client.resends() == [Self.all[0], Self.all[1]])
    #expect(client.hasResends)
    #expect(throws: SessionRefusal.resendFirst) { try client.publish(.atLeastOnce) }
    try client.receive(.pubAck, 1)
    #expect(client.resends() == [Self.all[2]])
    #expect(throws: SessionRefusal.windowFull(2)) { try client.publish(.atLeastOnce) }
    try client.receive(.pubComp, 2)
    #expect(try client.publish(.atLeastOnce) != 0)
  }

  @Test func `MQTT-4.6.0-4: PUBREL keeps the order of PUBREC`() throws {
    let client = Client()
    try client.start()
    for _ in 1...3 { try client.publish(.exactlyOnce) }
    for i in [3, 1, 2] as [UInt16] { try client.receive(.pubRec, i) }
    _ = client.end()
    try client.start(present: true)
    #expect(client.resends().map { $0.identifier } == [3, 1, 2])
  }

  @Test func `a PUBREC that comes before the PUBRELs of before have left waits behind them`() throws {
    let client = try Self.underWay()
    _ = client.end()
    try client.start(present: true)
    #expect(try client.receive(.pubRec, 3) == .sendLater(identifier: 3, record: .release(identifier: 3, order: 6)))
    #expect(
      client.resends() == [
        .release(identifier: 2), .release(identifier: 3), .publish(identifier: 1, qos: .atLeastOnce),
      ])
  }

  @Test func `MQTT-3.2.2-5: where the broker has no session, this side's is gone, and can be read until then`() throws {
    let client = try Self.underWay()
    _ = client.end()
    try client.connect()
    var outstanding: [ClientSession.Resend] = []
    while let next = client.nextOutstanding(after: outstanding.last?.identifier) { outstanding.append(next) }
    #expect(outstanding == Self.all)
    #expect(try client.connAck(present: false) == .new(lost: true))
    #expect(client.resends().isEmpty)
    #expect(try client.publish(.atLeastOnce) == 1)
  }

  @Test func `MQTT-3.2.2-2, MQTT-3.2.2-4: a session that is present where there can be none is refused`() throws {
    let clean = Client()
    try clean.connect(clean: true)
    #expect(throws: MQTTViolation.sessionPresentUnexpected) { try clean.connAck(present: true) }
    let new = Client()
    try new.connect()
    #expect(throws: MQTTViolation.sessionPresentUnexpected) { try new.connAck(present: true) }
    let sure = Client()
    try sure.session.assumeSession()
    try sure.connect()
    #expect(try sure.connAck(present: true) == .resumed)
    let old = Client(.mqtt311)
    try old.connect()
    #expect(try old.connAck(present: true) == .resumed)
  }

  @Test func `a session of no duration ends with its connection, and so does a clean one of 3.1.1`() throws {
    let client = Client()
    try client.connect(properties: [.integer(.receiveMaximum, 4)])
    try client.connAck()
    try client.publish(.atLeastOnce)
    #expect(client.end() == .sessionDone)
    #expect(client.nextOutstanding(after: nil) == nil)
    let old = Client(.mqtt311)
    try old.start(clean: true)
    #expect(old.end() == .sessionDone)
  }

  @Test func `the broker's session expiry interval counts, and that of DISCONNECT`() throws {
    let client = Client()
    try client.start(broker: [.integer(.sessionExpiryInterval, 10)])
    #expect(client.expiryInterval == 10)
    _ = client.end(at: 5_000)
    #expect(!client.isExpired(at: 14_999))
    #expect(client.isExpired(at: 15_000))
    try client.start(present: true)
    let zero = [OwnedProperty.integer(.sessionExpiryInterval, 0)].encoded
    try client.session.disconnect(DisconnectPacket(properties: PropertyList(encoded: zero.span)))
    #expect(client.end() == .sessionDone)
    // MQTT-3.14.2-2
    try client.connect(properties: [.integer(.receiveMaximum, 4)])
    try client.connAck()
    let minute = [OwnedProperty.integer(.sessionExpiryInterval, 60)].encoded
    #expect(throws: SessionRefusal.sessionExpiryNotAllowed) {
      try client.session.disconnect(DisconnectPacket(properties: PropertyList(encoded: minute.span)))
    }
  }

  @Test func `a connection that is refused, or never answered, changes nothing in the session`() throws {
    let client = try Self.underWay()
    _ = client.end()
    try client.connect()
    #expect(try client.connAck(code: 0x88) == .refused)
    #expect(client.end() == nil)
    try client.connect()
    #expect(client.end() == nil)
    try client.start(present: true)
    #expect(client.resends() == Self.all)
  }

  @Test func `what a store remembers is taken up again after a start`() throws {
    let client = Client()
    for record in [
      .release(identifier: 5, order: 3), .publish(identifier: 2, qos: .atLeastOnce, order: 7),
      .publish(identifier: 8, qos: .exactlyOnce, order: 9), .incoming(identifier: 60_000),
    ] as [StoreRecord] {
      try client.session.restore(record)
    }
    for record in [
      .publish(identifier: 2, qos: .atLeastOnce, order: 10),
      .publish(identifier: 1, qos: .atLeastOnce, order: 9), .publish(identifier: 1, qos: .atMostOnce, order: 11),
      .publish(identifier: 0, qos: .atLeastOnce, order: 10), .incoming(identifier: 60_000), .incoming(identifier: 0),
      .sessionDone,
    ] as [StoreRecord] {
      #expect(throws: SessionRefusal.recordDoesNotFit) { try client.session.restore(record) }
    }
    // a start that fails leaves it there
    try client.connect()
    #expect(client.end() == nil)
    try client.start(present: true)
    #expect(
      client.resends()
        == [
          .release(identifier: 5), .publish(identifier: 2, qos: .atLeastOnce),
          .publish(identifier: 8, qos: .exactlyOnce),
        ])
    #expect(try client.take(.exactlyOnce, 60_000, duplicate: true) == (.duplicate, nil))
    #expect(try client.publish(.atLeastOnce) == 1)
    #expect(client.abandon(8) == .outgoingDone(identifier: 8))
    #expect(client.abandon(8) == nil)
  }
}
