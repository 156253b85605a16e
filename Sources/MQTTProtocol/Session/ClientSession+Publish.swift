extension ClientSession {
  /// Lets a message be sent, and gives it its identifier.
  ///
  /// Set `identifier` on the packet, write the record with the message, encode, send. At QoS 0 there is neither
  /// identifier nor record.
  ///
  /// - Parameters:
  ///   - packet: the message as it will be sent, but for its identifier.
  ///   - chosen: the identifier, where the caller wants one of its own; then the room for it is allocated.
  /// - Returns: the identifier (0 at QoS 0), and the record.
  public mutating func publish(
    _ packet: borrowing PublishPacket, as chosen: UInt16? = nil
  ) throws(SessionRefusal) -> (identifier: UInt16, record: StoreRecord?) {
    guard state == .connected else { throw .notInThisState }
    let alias = packet.topicAlias
    try broker.check(packet, alias, version)
    if alias != 0, packet.topic.isEmpty {
      guard !outgoingAliases.topic(alias).isEmpty else { throw .topicAliasUnknown(alias) }
    }
    guard packet.qos != .atMostOnce else {
      noteAlias(alias, packet.topic)
      return (0, nil)
    }
    // 4.6: what was sent before goes first
    guard outgoing.nextRelease == 0, outgoing.nextPublish == 0 else { throw .resendFirst }
    // [MQTT-3.3.4-7], [MQTT-4.9.0-2]
    guard outgoing.windowUsed < broker.receiveMaximum else { throw .windowFull(broker.receiveMaximum) }
    let identifier = try addOutgoing(.publish(packet.qos), as: chosen)
    noteAlias(alias, packet.topic)
    return (identifier, .publish(identifier: identifier, qos: packet.qos, order: outgoing.lastOrder))
  }

  /// Takes an identifier ([MQTT-2.2.1-3]).
  @inline(__always) mutating func addOutgoing(
    _ stage: OutgoingTable.Stage, as chosen: UInt16?
  ) throws(SessionRefusal) -> UInt16 {
    guard let chosen else {
      let identifier = outgoing.add(stage)
      guard identifier != 0 else { throw .noFreeIdentifier }
      return identifier
    }
    guard outgoing.add(stage, as: chosen) else { throw .identifierNotFree(chosen) }
    return chosen
  }

  /// Lets PUBREL be sent for a message whose PUBREC came to a session that this one knows nothing of: the application
  /// remembers it.
  ///
  /// - Returns: whether PUBREL is to be sent. It is not where it was sent when PUBREC came.
  public mutating func release(_ identifier: UInt16) throws(SessionRefusal) -> Bool {
    try require(.connected)
    guard outgoing[identifier] != .release else { return false }
    // 4.6: those of an earlier connection go first
    guard outgoing.nextRelease == 0 else { throw .resendFirst }
    _ = try addOutgoing(.release, as: identifier)
    return true
  }

  /// Whether one more message of QoS 1 or 2 may be sent now.
  public var canPublish: Bool {
    mutating get {
      state == .connected && outgoing.nextRelease == 0 && outgoing.nextPublish == 0
        && outgoing.windowUsed < broker.receiveMaximum && outgoing.hasFree
    }
  }

  // MARK: Topic aliases

  /// What a topic alias does for a message.
  public enum AliasUse: Sendable, Hashable {
    /// None: send the topic.
    case none
    /// Send the topic and the alias; from then on the alias is enough.
    case give(UInt16)
    /// The broker knows the alias: send it with an empty topic.
    case use(UInt16)
  }

  /// The alias to send a topic with. It is held to be given once `publish` lets the packet through that carries both.
  public mutating func alias(for topic: Span<UInt8>) -> AliasUse {
    let maximum = Int(broker.topicAliasMaximum)
    guard state == .connected, maximum > 0, !topic.isEmpty else { return .none }
    let known = outgoingAliases.find(topic, maximum: maximum)
    if known != 0 { return .use(known) }
    let free = outgoingAliases.candidate(topic, maximum: maximum)
    return free == 0 ? .none : .give(free)
  }

  /// Lends the topic that an alias of ours stands for on this connection; empty for one that was not given.
  public func withOutgoingTopic<Result, Failure: Error>(
    of alias: UInt16, _ body: (Span<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(outgoingAliases.topic(alias))
  }

  @inline(__always) private mutating func noteAlias(_ alias: UInt16, _ topic: Span<UInt8>) {
    guard alias != 0, Int(alias) <= outgoingAliases.capacity, !topic.isEmpty else { return }
    _ = outgoingAliases.set(alias, topic)
  }
}

extension BrokerLimits {
  /// Why the broker would not take this message.
  @inline(__always) fileprivate func check(
    _ packet: borrowing PublishPacket, _ alias: UInt16, _ version: MQTTVersion
  ) throws(SessionRefusal) {
    // [MQTT-3.2.2-11]
    guard packet.qos <= maximumQoS else { throw .qosNotSupported(maximumQoS) }
    // [MQTT-3.2.2-14]
    guard !packet.isRetained || retainAvailable else { throw .retainNotSupported }
    // [MQTT-3.3.2-9], [MQTT-3.2.2-17], [MQTT-3.2.2-18]
    guard alias <= topicAliasMaximum else { throw .topicAliasTooGreat(alias, limit: topicAliasMaximum) }
    if maximumPacketSize != nil { try check(packetLength: packet.packetLength(version)) }
  }
}
