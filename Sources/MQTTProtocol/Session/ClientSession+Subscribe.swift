extension ClientSession {
  /// Lets SUBSCRIBE be sent, and gives it its identifier.
  ///
  /// - Parameters:
  ///   - packet: as it will be sent, but for its identifier, which may be any.
  ///   - chosen: the identifier, where the caller wants one of its own; then the room for it is allocated.
  public mutating func subscribe(
    _ packet: borrowing SubscribePacket, as chosen: UInt16? = nil
  ) throws(SessionRefusal) -> UInt16 {
    try require(.connected)
    // 3.2.2.3.12
    guard broker.subscriptionIdentifierAvailable || packet.properties.integer(.subscriptionIdentifier) == nil else {
      throw .subscriptionIdentifiersNotSupported
    }
    let count: Int
    do throws(MQTTViolation) { count = try packet.subscriptions.check(version) } catch { throw .violation(error) }
    var reader = packet.subscriptions.makeReader(version)
    while let entry = reader.next() {
      // 3.2.2.3.13, 3.2.2.3.11
      guard broker.sharedSubscriptionAvailable || !entry.filter.isShared else {
        throw .sharedSubscriptionsNotSupported
      }
      guard broker.wildcardSubscriptionAvailable || !TopicName.hasWildcard(entry.filter.filter) else {
        throw .wildcardSubscriptionsNotSupported
      }
    }
    return try add(.subscribe(count), packetLength: packet.encodedLength(version), as: chosen)
  }

  /// Lets UNSUBSCRIBE be sent, and gives it its identifier.
  ///
  /// - Parameters:
  ///   - packet: as it will be sent, but for its identifier, which may be any.
  ///   - chosen: as for `subscribe`.
  public mutating func unsubscribe(
    _ packet: borrowing UnsubscribePacket, as chosen: UInt16? = nil
  ) throws(SessionRefusal) -> UInt16 {
    try require(.connected)
    let count: Int
    do throws(MQTTViolation) { count = try packet.filters.check(version) } catch { throw .violation(error) }
    return try add(.unsubscribe(count), packetLength: packet.encodedLength(version), as: chosen)
  }

  private mutating func add(
    _ stage: OutgoingTable.Stage, packetLength: Int, as chosen: UInt16?
  ) throws(SessionRefusal) -> UInt16 {
    try broker.check(packetLength: packetLength)
    return try addOutgoing(stage, as: chosen)
  }

  /// Takes SUBACK or UNSUBACK.
  ///
  /// - Returns: whether it answers a packet of ours ([MQTT-2.2.1-6]); the reason codes are in the packet.
  public mutating func receive(_ packet: borrowing SubscriptionAcknowledgement) throws(MQTTViolation) -> Bool {
    let type = packet.kind.packetType
    try expectConnected(type)
    try checkProblemInformation(packet.properties, in: type)
    let expected: Int
    switch (packet.kind, outgoing[packet.identifier]) {
    case (_, .free): return false
    case (.subAck, .subscribe(let count)): expected = count
    case (.unsubAck, .unsubscribe(let count)): expected = version == .mqtt5 ? count : 0
    default: throw .acknowledgementNotExpected(type, packet.identifier)
    }
    // [MQTT-3.8.4-6], [MQTT-3.11.3-1]
    guard packet.reasonCodes.count == expected else {
      throw .reasonCodeCount(expected: expected, received: packet.reasonCodes.count)
    }
    outgoing.remove(packet.identifier)
    return true
  }
}
