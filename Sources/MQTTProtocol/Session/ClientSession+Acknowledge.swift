extension ClientSession {
  /// What PUBACK, PUBREC, PUBREL or PUBCOMP asks for.
  public enum AcknowledgementResult: Sendable, Hashable {
    /// The message is done: the broker has it, or refuses it where the reason code is an error.
    case done(identifier: UInt16, reasonCode: ReasonCode, record: StoreRecord)
    /// Write the record, then send this packet.
    case send(
      PublishAcknowledgement.Kind, identifier: UInt16, reasonCode: ReasonCode, record: StoreRecord?)
    /// Write the record; PUBREL leaves behind those that are still to be sent again: `nextResend` gives it.
    case sendLater(identifier: UInt16, record: StoreRecord)
    /// It answers nothing that this side knows of, as may be after one side has lost its session. Nothing to do.
    case unknown(identifier: UInt16)
  }

  /// Takes an acknowledgement.
  public mutating func receive(
    _ packet: borrowing PublishAcknowledgement
  ) throws(MQTTViolation) -> AcknowledgementResult {
    let identifier = packet.identifier
    let type = packet.kind.packetType
    try expectConnected(type)
    if !packet.properties.isEmpty { try checkProblemInformation(packet.properties, in: type) }
    if packet.kind == .pubRel { return try receiveRelease(identifier) }
    switch (packet.kind, outgoing[identifier]) {
    case (.pubAck, .publish(.atLeastOnce)), (.pubComp, .release):
      outgoing.remove(identifier)
      return .done(
        identifier: identifier, reasonCode: packet.reasonCode, record: .outgoingDone(identifier: identifier))
    case (.pubRec, .publish(.exactlyOnce)):
      // 4.3.3: a reason code from 0x80 on ends the exchange
      guard !packet.reasonCode.isError else {
        outgoing.remove(identifier)
        return .done(
          identifier: identifier, reasonCode: packet.reasonCode, record: .outgoingDone(identifier: identifier))
      }
      // [MQTT-4.3.3-4]
      let isNow = outgoing.release(identifier)
      let record = StoreRecord.release(identifier: identifier, order: outgoing.lastOrder)
      return isNow
        ? .send(.pubRel, identifier: identifier, reasonCode: .success, record: record)
        : .sendLater(identifier: identifier, record: record)
    case (.pubRec, .release):
      // said twice, as brokers of 3.1.1 may: PUBREL again, unless it is still to be sent again anyhow
      guard outgoing.slots[Int(identifier)].isSent else { return .unknown(identifier: identifier) }
      return .send(.pubRel, identifier: identifier, reasonCode: .success, record: nil)
    case (.pubRec, .free):
      // 3.6.2.1: lets the broker finish what this side has forgotten
      guard !packet.reasonCode.isError else { return .unknown(identifier: identifier) }
      return .send(.pubRel, identifier: identifier, reasonCode: notFound, record: nil)
    case (_, .free): return .unknown(identifier: identifier)
    default: throw .acknowledgementNotExpected(type, identifier)
    }
  }

  private mutating func receiveRelease(_ identifier: UInt16) throws(MQTTViolation) -> AcknowledgementResult {
    // PUBREL before PUBREC
    guard !answers.contains(.init(identifier: identifier, qos: .exactlyOnce)) else {
      throw .acknowledgementNotExpected(.pubRel, identifier)
    }
    // [MQTT-4.3.3-11]
    _ = newIncomingQoS2.remove(identifier)
    guard incomingQoS2.remove(identifier) else {
      return .send(.pubComp, identifier: identifier, reasonCode: notFound, record: nil)
    }
    return .send(
      .pubComp, identifier: identifier, reasonCode: .success, record: .incomingDone(identifier: identifier))
  }

  private var notFound: ReasonCode { version == .mqtt5 ? .packetIdentifierNotFound : .success }
}
