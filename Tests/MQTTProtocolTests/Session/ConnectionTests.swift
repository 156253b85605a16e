import MQTTProtocol
import Testing

struct ConnectionTests {
  @Test func `MQTT-3.2.0-1: before CONNACK nothing else comes`() throws {
    let client = Client()
    try client.connect()
    #expect(throws: MQTTViolation.unexpectedPacket(.publish)) { try client.arrive(.atMostOnce) }
    #expect(throws: MQTTViolation.unexpectedPacket(.pubAck)) { try client.receive(.pubAck, 1) }
    #expect(throws: MQTTViolation.unexpectedPacket(.subAck)) { try client.receive(.subAck, 1, [0]) }
    #expect(throws: MQTTViolation.unexpectedPacket(.pingResp)) { try client.session.receivePingResponse() }
    #expect(throws: MQTTViolation.unexpectedPacket(.auth)) { try client.receiveAuth(.continueAuthentication) }
    #expect(throws: MQTTViolation.unexpectedPacket(.disconnect)) {  // MQTT-3.14.0-1
      try client.session.receive(DisconnectPacket())
    }
  }

  @Test func `MQTT-3.2.0-2: a second CONNACK is refused`() throws {
    let client = Client()
    try client.start()
    #expect(throws: MQTTViolation.unexpectedPacket(.connAck)) { try client.connAck() }
  }

  @Test func `nothing is sent before CONNACK, after DISCONNECT, or without a connection`() throws {
    let client = Client()
    func refuses() {
      #expect(throws: SessionRefusal.notInThisState) { try client.publish(.atMostOnce) }
      #expect(throws: SessionRefusal.notInThisState) { try client.subscribe(["a"]) }
      #expect(throws: SessionRefusal.notInThisState) { try client.unsubscribe(["a"]) }
      #expect(throws: SessionRefusal.notInThisState) { try client.answer(1) }
      #expect(throws: SessionRefusal.notInThisState) { try client.session.notePing(at: 0) }
      #expect(client.nextResend() == nil)
    }
    refuses()
    try client.connect()
    refuses()
    #expect(throws: SessionRefusal.notInThisState) { try client.connect() }
    try client.connAck()
    try client.session.disconnect(DisconnectPacket())
    refuses()
    #expect(throws: SessionRefusal.notInThisState) { try client.session.disconnect(DisconnectPacket()) }
  }

  @Test func `CONNECT announces no more than there is room for`() throws {
    let client = Client()
    #expect(throws: SessionRefusal.receiveMaximumBeyondLimit(0xFFFF)) { try client.connect(properties: []) }
    #expect(throws: SessionRefusal.receiveMaximumBeyondLimit(5)) {
      try client.connect(properties: [.integer(.receiveMaximum, 5)])
    }
    #expect(throws: SessionRefusal.topicAliasMaximumBeyondLimit(9)) {
      try client.connect(properties: [.integer(.receiveMaximum, 4), .integer(.topicAliasMaximum, 9)])
    }
    #expect(throws: SessionRefusal.violation(.propertyNotAllowed(.topicAlias))) {
      try client.connect(properties: [.integer(.topicAlias, 4)])
    }
    #expect(client.state == .idle)
  }

  @Test func `MQTT-3.2.2-16: a client without an identifier is given one`() throws {
    let client = Client()
    try client.connect(identifier: "")
    #expect(throws: MQTTViolation.assignedClientIdentifierMissing) { try client.connAck() }
    #expect(try client.connAck(properties: [.bytes(.assignedClientIdentifier, "x".bytes)]) == .new(lost: false))
  }

  @Test func `MQTT-3.1.2-28, MQTT-3.1.2-29: information that was not asked for is refused`() throws {
    let client = Client()
    try client.connect(properties: [.integer(.receiveMaximum, 4), .integer(.requestProblemInformation, 0)])
    #expect(throws: MQTTViolation.responseInformationNotRequested) {
      try client.connAck(properties: [.bytes(.responseInformation, "x".bytes)])
    }
    try client.connAck(properties: [.bytes(.reasonString, "x".bytes), .pair("a".bytes, "b".bytes)])
    let one = try client.publish(.atLeastOnce)
    for property in [OwnedProperty.bytes(.reasonString, "x".bytes), .pair("a".bytes, "b".bytes)] {
      #expect(throws: MQTTViolation.problemInformationNotRequested(.pubAck)) {
        try client.receive(.pubAck, one, properties: [property])
      }
    }
  }

  @Test func `4.12: AUTH goes back and forth before CONNACK, with CONNECT's method`() throws {
    let client = Client()
    try client.connect(properties: Client.usual + [.bytes(.authenticationMethod, "M".bytes)])
    #expect(throws: SessionRefusal.authenticationNotAllowed) { try client.sendAuth(.continueAuthentication) }
    #expect(throws: MQTTViolation.authenticationMethodChanged) {
      try client.receiveAuth(.continueAuthentication, method: "N")
    }
    #expect(throws: MQTTViolation.authenticationMethodChanged) { try client.receiveAuth(.success, method: nil) }
    #expect(throws: MQTTViolation.unexpectedPacket(.auth)) { try client.receiveAuth(.success) }
    #expect(try client.receiveAuth(.continueAuthentication) == .answer)
    #expect(throws: SessionRefusal.authenticationNotAllowed) {
      try client.sendAuth(.continueAuthentication, method: "N")
    }
    try client.sendAuth(.continueAuthentication)
    #expect(throws: MQTTViolation.authenticationMethodChanged) { try client.connAck() }
    try client.connAck(properties: [.bytes(.authenticationMethod, "M".bytes)])
    // 4.12.1
    #expect(throws: MQTTViolation.unexpectedPacket(.auth)) { try client.receiveAuth(.continueAuthentication) }
    try client.sendAuth(.reauthenticate)
    #expect(throws: SessionRefusal.authenticationNotAllowed) { try client.sendAuth(.reauthenticate) }
    #expect(try client.receiveAuth(.continueAuthentication) == .answer)
    try client.sendAuth(.continueAuthentication)
    #expect(try client.receiveAuth(.success) == .finished)
  }

  @Test func `MQTT-4.12.0-6, MQTT-4.12.0-7: without a method there is no AUTH, nor a method in CONNACK`() throws {
    let client = Client()
    try client.connect()
    #expect(throws: MQTTViolation.authenticationMethodChanged) {
      try client.connAck(properties: [.bytes(.authenticationMethod, "M".bytes)])
    }
    try client.connAck()
    #expect(throws: SessionRefusal.authenticationNotAllowed) { try client.sendAuth(.reauthenticate) }
    #expect(throws: MQTTViolation.unexpectedPacket(.auth)) { try client.receiveAuth(.continueAuthentication) }
  }

  // MARK: Keep alive

  @Test func `a ping is due before the keep alive is over, and its answer within half of it`() throws {
    let client = Client()
    try client.connect(keepAlive: 10)
    #expect(client.timeLeft(at: 0) == nil)
    try client.connAck(at: 1_000)
    #expect(client.timeLeft(at: 1_000) == 9_000)
    #expect(client.timeAction(at: 9_999) == .nothing)
    #expect(client.timeAction(at: 10_000) == .sendPing)
    #expect(client.timeLeft(at: 12_000) == 0)
    try client.session.notePing(at: 10_000)
    #expect(client.timeLeft(at: 10_000) == 5_000)
    #expect(client.timeAction(at: 14_999) == .nothing)
    #expect(client.timeAction(at: 15_000) == .giveUp)  // 14 s after the last sign of life: under 1.5 times 10
    try client.session.receivePingResponse()
    client.session.noteReceived(at: 14_000)
    #expect(client.timeAction(at: 15_000) == .nothing)
    #expect(client.timeAction(at: 19_000) == .sendPing)
  }

  @Test func `packets that are sent put the ping off, but not for ever where nothing comes back`() throws {
    let client = Client()
    try client.connect(keepAlive: 10)
    try client.connAck()
    for second in 1...8 as ClosedRange<UInt64> {
      client.session.noteSent(at: second * 1000)
      #expect(client.timeAction(at: second * 1000) == .nothing)
    }
    #expect(client.timeAction(at: 9_000) == .sendPing)
    try client.session.notePing(at: 9_000)
    for second in 10...13 as ClosedRange<UInt64> {
      client.session.noteSent(at: second * 1000)
      #expect(client.timeAction(at: second * 1000) == .nothing)
    }
    #expect(client.timeAction(at: 14_000) == .giveUp)
  }

  @Test func `bytes that come put the missing answer off: it cannot overtake a payload`() throws {
    let client = Client()
    try client.connect(keepAlive: 10)
    try client.connAck()
    try client.session.notePing(at: 9_000)
    client.session.noteReceived(at: 13_000)
    #expect(client.timeAction(at: 17_999) == .nothing)
    #expect(client.timeAction(at: 18_000) == .giveUp)
  }

  @Test func `MQTT-3.2.2-21: the broker's keep alive counts, and 0 is none`() throws {
    let client = Client()
    try client.connect(keepAlive: 10)
    try client.connAck(properties: [.integer(.serverKeepAlive, 100)])
    #expect(client.timeLeft(at: 0) == 90_000)
    _ = client.end()
    try client.connect(keepAlive: 10)
    try client.connAck(properties: [.integer(.serverKeepAlive, 0)])
    #expect(client.timeLeft(at: 0) == nil)
    #expect(client.timeAction(at: .max / 2) == .nothing)
  }
}
