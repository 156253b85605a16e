public import MQTTProtocol
internal import WestwindSockets

extension MQTTClient {
  /// Publishes a message.
  ///
  /// At QoS 1 and 2 it is kept in the store until the broker has answered, and sent again after a reconnect.
  ///
  /// - Parameters:
  ///   - packet: topic, QoS, RETAIN and properties; its identifier and the length of its payload are set here.
  ///   - payload: 0 bytes or more. It is read only during the call.
  /// - Returns: the packet identifier that `pubAck` or `pubComp` will have; 0 at QoS 0.
  /// - Throws: `refused`: it may not be sent now, or at all, and nothing has changed: `windowFull`, `noFreeIdentifier`
  ///   and `resendFirst` want you to wait for an answer (`canPublish`). `invalidArgument`. `notConnected`. Otherwise the
  ///   connection is over; a message of QoS 1 or 2 has been kept then where the error is `transport`, and is sent again.
  ///
  /// Zephyr's function is `mqtt_publish`.
  @discardableResult
  public func publish(_ packet: PublishPacket, payload: RawSpan) throws(MQTTError) -> UInt16 {
    try publish(packet, payload: payload) { _ in }
  }

  /// Publishes a message under an identifier of the application's choice, with DUP as it is in the packet: for one that
  /// keeps its messages itself, and sends them again under the identifiers that they had.
  ///
  /// - Parameters:
  ///   - packet: as for the other `publish`, with DUP where it was sent before.
  ///   - payload: 0 bytes or more. It is read only during the call.
  ///   - identifier: one that no packet has that waits for its answer; left aside at QoS 0. Memory is taken for all below
  ///     it: 24 bytes each in the session, and what the store has for each.
  /// - Throws: as the other `publish`; `refused(.identifierNotFree)`.
  public func publish(_ packet: PublishPacket, payload: RawSpan, identifier: UInt16) throws(MQTTError) {
    try publish(packet, payload: payload, as: identifier) { _ in }
  }

  /// - Parameter isTaken: called with the identifier once the message is the session's, also where it cannot be sent now.
  @discardableResult
  func publish(
    _ packet: PublishPacket, payload: RawSpan, as chosen: UInt16? = nil, isTaken: (UInt16) -> Void
  ) throws(MQTTError) -> UInt16 {
    let isGathered = payload.byteCount <= Outbox.gatheredPayload
    let (identifier, isToLeave) = try take(packet, payload, isGathered: isGathered, as: chosen)
    isTaken(identifier)
    if !isGathered {
      try flush(payload: payload, remaining: 0)
    } else if isToLeave {
      try flush()
    }
    return identifier
  }

  /// Writes PUBLISH to what waits, with its payload where that is gathered, and has the message kept.
  private func take(
    _ packet: PublishPacket, _ payload: RawSpan, isGathered: Bool, as chosen: UInt16? = nil
  ) throws(MQTTError) -> (identifier: UInt16, isToLeave: Bool) {
    do throws(MQTTError) {
      return try outbox.publish(
        packet, payload, isGathered: isGathered, store: store, usesAliases: configuration.usesTopicAliases,
        as: chosen)
    } catch {
      if case .store = error { throw fail(error) }
      throw error
    }
  }

  /// Publishes a message.
  ///
  /// - Parameters:
  ///   - topic: the topic name.
  ///   - payload: 0 bytes or more.
  ///   - qos: how surely it is to arrive.
  ///   - isRetained: the broker keeps it for those who subscribe later; an empty one takes the kept one away.
  ///   - properties: of MQTT 5.0.
  @discardableResult
  public func publish(
    topic: String, payload: [UInt8], qos: QoS = .atMostOnce, isRetained: Bool = false,
    properties: MQTTProperties = MQTTProperties()
  ) throws(MQTTError) -> UInt16 {
    // Sound: bytes have no padding.
    try unsafe publish(
      PublishPacket(
        topic: topic.utf8Span.span, qos: qos, isRetained: isRetained, properties: properties.list, payloadLength: 0),
      payload: payload.span.bytes)
  }

  /// Publishes a message whose payload comes in pieces.
  ///
  /// - Parameters:
  ///   - packet: as for a payload in memory, with its `payloadLength`.
  ///   - source: gives the payload. At QoS 1 and 2 it is kept, and asked again after a reconnect, until the broker has
  ///     answered.
  /// - Throws: `invalidArgument(.payloadSourceNotKept)`: the store outlives the process, and would not have the payload.
  ///   `payloadSource`: it threw in the middle of the packet, so the connection is over.
  @discardableResult
  public func publish(_ packet: PublishPacket, from source: @escaping MQTTPayloadSource) throws(MQTTError) -> UInt16 {
    guard packet.qos == .atMostOnce || store.takesPayloadSources else { throw .invalidArgument(.payloadSourceNotKept) }
    let (identifier, _) = try take(packet, RawSpan(), isGathered: false)
    if identifier != 0 { keepSource(source, for: identifier) }
    try send(source, length: packet.payloadLength)
    return identifier
  }

  /// Sends PUBREL for a message of QoS 2 whose PUBREC came before this client was made: the application remembers it.
  ///
  /// The client answers each PUBREC that comes to it by itself. So this call is without effect in the event `pubRec` of
  /// the same identifier, and until PUBCOMP comes; later it would begin anew.
  ///
  /// - Throws: `refused`: `identifierNotFree`, a packet that waits for another answer has it; `resendFirst`.
  ///
  /// Zephyr's function is `mqtt_publish_qos2_release`.
  public func release(_ identifier: UInt16) throws(MQTTError) {
    guard outbox.isOpen else { throw .notConnected }
    guard identifier != answeredPubRec || identifier == 0 else { return }
    let isNew: Bool
    do throws(SessionRefusal) { isNew = try session.release(identifier) } catch { throw .refused(error) }
    if isNew { try append(.pubRel, identifier, .success) }
  }

  /// Whether one more message of QoS 1 or 2 may be sent now.
  public var canPublish: Bool { outbox.canPublish }

  /// Sends a payload in pieces, behind PUBLISH, which waits.
  func send(_ source: MQTTPayloadSource, length: Int) throws(MQTTError) {
    guard length > 0 else { return try flushUnlessGathering() }
    var offset = 0
    var piece: [UInt8] = []
    while offset < length {
      piece.removeAll(keepingCapacity: true)
      let capacity = min(length - offset, configuration.bufferSize)
      var failure: String?
      piece.append(addingCapacity: capacity) { out in
        out.appendBytes { room in
          room.appendBytes(atMost: capacity) { room in
            do { try source(offset, &room) } catch { failure = "\(error)" }
          }
        }
      }
      guard !piece.isEmpty else { throw fail(.payloadSource(failure ?? "it gave nothing at byte \(offset)")) }
      offset += piece.count
      // Sound: bytes have no padding.
      try unsafe flush(payload: piece.span.bytes, remaining: length - offset)
    }
  }
}
