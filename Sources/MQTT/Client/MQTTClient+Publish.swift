public import MQTTProtocol
internal import SocketLayer

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

  /// - Parameter isTaken: called with the identifier once the message is the session's, also where it cannot be sent now.
  func publish(
    _ packet: PublishPacket, payload: RawSpan, isTaken: (UInt16) -> Void
  ) throws(MQTTError) -> UInt16 {
    var packet = packet
    packet.payloadLength = payload.byteCount
    let identifier = try begin(packet, payload: payload)
    isTaken(identifier)
    if payload.byteCount <= MQTTClient.gatheredPayload {
      output.append(addingCapacity: payload.byteCount) { $0.append(payload) }
      try flushUnlessGathering()
    } else {
      try flush(payload: payload, remaining: 0)
    }
    return identifier
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
    let identifier = try begin(packet, payload: RawSpan())
    if identifier != 0 { sources[identifier] = source }
    try send(source, length: packet.payloadLength)
    return identifier
  }

  /// Whether one more message of QoS 1 or 2 may be sent now.
  public var canPublish: Bool { session.canPublish }

  /// Writes PUBLISH up to its payload to what waits, and has the message kept.
  private func begin(_ packet: PublishPacket, payload: RawSpan) throws(MQTTError) -> UInt16 {
    guard link != nil else { throw .notConnected }
    var packet = packet
    packet.isDuplicate = false
    // stands for the one that the session gives once it is sure that the packet can be sent
    packet.identifier = packet.qos == .atMostOnce ? 0 : 1
    if configuration.usesTopicAliases, packet.topicAlias == 0, session.broker.topicAliasMaximum > 0 {
      switch session.alias(for: packet.topic) {
      case .none: break
      case .give(let alias): return try begin(packet, alias: alias, isNew: true, payload: payload)
      case .use(let alias): return try begin(packet, alias: alias, isNew: false, payload: payload)
      }
    }
    return try begin(packet, original: packet, payload: payload)
  }

  private func begin(
    _ original: PublishPacket, alias: UInt16, isNew: Bool, payload: RawSpan
  ) throws(MQTTError) -> UInt16 {
    var properties: [UInt8] = []
    swap(&properties, &aliasedProperties)
    defer { swap(&properties, &aliasedProperties) }
    properties.removeAll(keepingCapacity: true)
    properties.append(addingCapacity: original.properties.encoded.count + 3) { out in
      out.append(original.properties.encoded)
      // never throws: there is room, and the session gives no other alias than one that may be sent
      try? PropertyList.append(.topicAlias, UInt32(alias), to: &out)
    }
    let packet = PublishPacket(
      topic: isNew ? original.topic : Span(), qos: original.qos, identifier: original.identifier,
      isRetained: original.isRetained, properties: PropertyList(encoded: properties.span),
      payloadLength: original.payloadLength)
    return try begin(packet, original: original, payload: payload)
  }

  /// - Parameter original: the message as the application gave it.
  private func begin(
    _ packet: PublishPacket, original: PublishPacket, payload: RawSpan
  ) throws(MQTTError) -> UInt16 {
    let rules = session.sendingRules
    let start = output.count
    try append(packet.encodedLength(rules.version)) { (out) throws(PacketEncodingError) in
      try packet.encode(into: &out, under: rules)
    }
    let (identifier, record): (UInt16, StoreRecord?)
    do throws(SessionRefusal) { (identifier, record) = try session.publish(packet) } catch {
      output.removeLast(output.count - start)
      throw .refused(error)
    }
    guard let record else { return 0 }
    // the identifier stands in front of the properties, or at the end
    let position = output.count - (rules.version == .mqtt5 ? packet.properties.encodedLength : 0) - 2
    output[position] = UInt8(truncatingIfNeeded: identifier >> 8)
    output[position + 1] = UInt8(truncatingIfNeeded: identifier)
    if packet.topicAlias == 0 {
      var waiting: [UInt8] = []
      swap(&waiting, &output)
      defer { swap(&waiting, &output) }
      try keep(record, waiting.span.extracting(start..<waiting.count), payload: payload)
    } else {
      try keepWithoutAlias(record, original, identifier, payload: payload)
    }
    return identifier
  }

  /// Has a message kept as it is to be sent again: an alias holds for one connection only ([MQTT-3.3.2-7]).
  private func keepWithoutAlias(
    _ record: StoreRecord, _ original: PublishPacket, _ identifier: UInt16, payload: RawSpan
  ) throws(MQTTError) {
    var plain = PlainPacket()
    swap(&plain, &plainPacket)
    defer { swap(&plain, &plainPacket) }
    if original.topic.isEmpty {
      session.withOutgoingTopic(of: original.topicAlias) { plain.setTopic($0) }
    } else {
      plain.setTopic(original.topic)
    }
    do throws(PacketEncodingError) {
      try plain.encode(original, identifier, under: session.sendingRules)
    } catch {
      throw fail(.invalidArgument(.packet(error)))
    }
    try keep(record, plain.bytes.span, payload: payload)
  }

  private func keep(_ record: StoreRecord, _ packet: Span<UInt8>, payload: RawSpan) throws(MQTTError) {
    do throws(MQTTStoreError) { try store.keep(record, packet, payload: payload) } catch { throw fail(.store(error)) }
  }

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
