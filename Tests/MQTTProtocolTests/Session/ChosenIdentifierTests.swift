import MQTTProtocol
import Testing

/// Packet identifiers of the application's choice.
struct ChosenIdentifierTests {
  /// A session that is connected, and has room for two identifiers of its own.
  private func connected() throws -> ClientSession {
    var session = ClientSession(limits: SessionLimits(outgoing: 2))
    let identifier = Array("me".utf8)
    try session.connect(
      ConnectPacket(version: .mqtt311, clientIdentifier: identifier.span, isCleanStart: true, keepAlive: 0), at: 0)
    _ = try session.receive(ConnAckPacket(returnCode: .accepted), at: 0)
    return session
  }

  @Test func `an identifier beyond the limit is taken where the application chose it`() throws {
    var session = try connected()
    let topic = Array("t".utf8)
    let packet = PublishPacket(topic: topic.span, qos: .atLeastOnce, identifier: 1, payloadLength: 0)
    for identifier in [UInt16(0xFFFF), 1, 300] {
      #expect(try session.publish(packet, as: identifier).identifier == identifier)
      #expect(throws: SessionRefusal.identifierNotFree(identifier)) { try session.publish(packet, as: identifier) }
    }
    #expect(throws: SessionRefusal.identifierNotFree(0)) { try session.publish(packet, as: 0) }
    let answer = PublishAcknowledgement(.pubAck, identifier: 0xFFFF)
    #expect(
      try session.receive(answer)
        == .done(identifier: 0xFFFF, reasonCode: .success, record: .outgoingDone(identifier: 0xFFFF)))
    #expect(try session.publish(packet, as: 0xFFFF).identifier == 0xFFFF)
  }

  @Test func `an identifier beyond the limit is not given to other messages, and its room comes back`() throws {
    var session = try connected()
    let topic = Array("t".utf8)
    let packet = PublishPacket(topic: topic.span, qos: .atLeastOnce, identifier: 1, payloadLength: 0)
    _ = try session.publish(packet, as: 300)
    let (first, second) = (try session.publish(packet).identifier, try session.publish(packet).identifier)
    #expect([first, second] == [1, 2])
    let canPublish = session.canPublish
    #expect(!canPublish)
    #expect(throws: SessionRefusal.noFreeIdentifier) { try session.publish(packet) }
    _ = try session.receive(PublishAcknowledgement(.pubAck, identifier: 300))
    #expect(throws: SessionRefusal.noFreeIdentifier) { try session.publish(packet) }
    _ = try session.receive(PublishAcknowledgement(.pubAck, identifier: 2))
    let canPublishNow = session.canPublish
    #expect(canPublishNow)
  }

  @Test func `an identifier beyond the limit is taken up again from a store`() throws {
    var session = ClientSession(limits: SessionLimits(outgoing: 2))
    try session.restore(.release(identifier: 7, order: 1))
    try session.restore(.publish(identifier: 300, qos: .atLeastOnce, order: 2))
    let identifier = Array("me".utf8)
    try session.connect(
      ConnectPacket(version: .mqtt311, clientIdentifier: identifier.span, isCleanStart: false, keepAlive: 0), at: 0)
    _ = try session.receive(ConnAckPacket(isSessionPresent: true, returnCode: .accepted), at: 0)
    // what was sent before goes first
    #expect(throws: SessionRefusal.resendFirst) { try session.release(9) }
    let first = session.nextResend()
    let isNew = try session.release(9)
    let (second, third) = (session.nextResend(), session.nextResend())
    #expect(isNew && first == .release(identifier: 7))
    #expect(second == .publish(identifier: 300, qos: .atLeastOnce) && third == nil)
  }

  @Test func `PUBREL is sent for a message that the session does not know, and once for one that it knows`() throws {
    var session = try connected()
    let isNew = try session.release(9)
    let isNewAgain = try session.release(9)
    #expect(isNew && !isNewAgain)
    #expect(
      try session.receive(PublishAcknowledgement(.pubComp, identifier: 9))
        == .done(identifier: 9, reasonCode: .success, record: .outgoingDone(identifier: 9)))
    #expect(throws: SessionRefusal.identifierNotFree(0)) { try session.release(0) }
  }
}
