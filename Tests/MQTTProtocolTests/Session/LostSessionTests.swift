import MQTTProtocol
import Testing

struct LostSessionTests {
  @Test func `with keepsMessages a lost session loses no messages: they are sent as new ones`() throws {
    let client = Client()
    client.session.keepsMessages = true
    try client.start()
    let first = try client.publish(.atLeastOnce)
    let second = try client.publish(.exactlyOnce)
    let released = try client.publish(.exactlyOnce)
    try client.receive(.pubRec, released)
    #expect(client.end() == nil)
    try client.connect()
    #expect(try client.connAck(present: false) == .new(lost: true))
    let areNew = client.session.resendsAreNew
    #expect(areNew)
    var resends: [ClientSession.Resend] = []
    while let next = client.session.nextResend() { resends.append(next) }
    // the broker had taken the third one over
    #expect(
      resends == [.publish(identifier: first, qos: .atLeastOnce), .publish(identifier: second, qos: .exactlyOnce)])
    #expect(
      try client.receive(.pubAck, first)
        == .done(identifier: first, reasonCode: .success, record: .outgoingDone(identifier: first)))
  }

  @Test func `a session that ends with its connection keeps messages, and its store is told so`() throws {
    let client = Client()
    client.session.keepsMessages = true
    try client.connect(clean: true, properties: [.integer(.receiveMaximum, 4)])
    try client.connAck()
    let identifier = try client.publish(.atLeastOnce)
    #expect(client.end() == .sessionLost)
    try client.connect(clean: true, properties: [.integer(.receiveMaximum, 4)])
    #expect(try client.connAck() == .new(lost: true))
    let next = client.session.nextResend()
    #expect(next == .publish(identifier: identifier, qos: .atLeastOnce))
  }

  @Test func `messages of a session that was resumed are sent again with DUP`() throws {
    let client = Client()
    client.session.keepsMessages = true
    try client.start()
    try client.publish(.atLeastOnce)
    _ = client.end()
    try client.start(present: true)
    let areNew = client.session.resendsAreNew
    #expect(!areNew)
  }

  @Test func `MQTT-3.3.4-9: after a resumption a broker may have more under way than the receive maximum`() throws {
    let client = Client()
    try client.start()
    for i in 1...4 as ClosedRange<UInt16> {
      try client.take(.exactlyOnce, i)
      _ = try client.answer(i)
    }
    #expect(throws: MQTTViolation.receiveMaximumExceeded(4)) { try client.take(.exactlyOnce, 5) }
    _ = client.end()
    try client.start(present: true)
    // those of before wait for PUBREL still, and the window is a new one
    for i in 5...16 as ClosedRange<UInt16> { try client.take(.exactlyOnce, i) }
    #expect(try client.take(.exactlyOnce, 1, duplicate: true).0 == .duplicate)
  }
}
