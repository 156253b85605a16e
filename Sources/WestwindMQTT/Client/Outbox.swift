internal import MQTTProtocol
internal import Synchronization

/// The session, and the packets that it has let through and that wait to leave.
///
/// It is one value, so that what is done for each message is one access to a property of the client's.
struct Outbox: ~Copyable {
  /// A payload of more bytes is written out of the caller's memory, and not copied to what waits.
  static let gatheredPayload = 16 * 1024

  var session: ClientSession
  /// There is a connection.
  var isOpen = false
  /// What waits.
  var bytes: [UInt8] = []
  /// Payloads that the application keeps, by the message's identifier.
  var sources: [UInt16: MQTTPayloadSource] = [:]
  /// The store's `keep` has been called, and has not returned.
  ///
  /// It is atomic for no other reason than that no compiler leaves its stores out: nobody may look meanwhile, and who does
  /// all the same is to be found.
  let isKeeping = Atomic<Bool>(false)
  /// Who gathers what is to leave: `gather`, and `input`.
  var gatherers = 0
  /// Bytes that are gathered at most.
  let limit: Int

  /// PUBLISH as the store keeps it, where it is sent otherwise.
  private var plain = PlainPacket()
  /// The properties of a message with an alias.
  private var aliasedProperties: [UInt8] = []

  init(session: consuming ClientSession, limit: Int) {
    self.session = session
    self.limit = limit
  }

  /// What waits is to leave now.
  var isToLeave: Bool { gatherers == 0 || bytes.count >= limit }

  // `mutating` as in `ClientSession`.

  /// Whether one more message of QoS 1 or 2 may be sent now.
  var canPublish: Bool {
    mutating get { session.canPublish }
  }

  /// Messages of a connection before are still to be sent again on this one.
  var hasResends: Bool {
    mutating get { isOpen && session.hasResends }
  }

  /// Writes PUBLISH, with its payload where that is gathered, and has the message kept.
  ///
  /// - Parameter chosen: the identifier, where it is the caller's; so is DUP then.
  /// - Returns: the identifier, 0 at QoS 0, and whether what waits is to leave.
  mutating func publish(
    _ packet: PublishPacket, _ payload: RawSpan, isGathered: Bool, store: any MQTTStore, usesAliases: Bool,
    as chosen: UInt16? = nil
  ) throws(MQTTError) -> (identifier: UInt16, isToLeave: Bool) {
    guard isOpen else { throw .notConnected }
    var packet = packet
    packet.isDuplicate = packet.isDuplicate && chosen != nil
    // stands for the one that the session gives once it is sure that the packet can be sent
    packet.identifier = packet.qos == .atMostOnce ? 0 : 1
    if !payload.isEmpty || isGathered { packet.payloadLength = payload.byteCount }
    let identifier: UInt16
    if usesAliases, packet.topicAlias == 0, session.broker.topicAliasMaximum > 0 {
      switch session.alias(for: packet.topic) {
      case .none: identifier = try append(packet, original: packet, payload, isGathered, store, as: chosen)
      case .give(let alias):
        identifier = try append(packet, alias: alias, isNew: true, payload, isGathered, store, as: chosen)
      case .use(let alias):
        identifier = try append(packet, alias: alias, isNew: false, payload, isGathered, store, as: chosen)
      }
    } else {
      identifier = try append(packet, original: packet, payload, isGathered, store, as: chosen)
    }
    return (identifier, isToLeave)
  }

  private mutating func append(
    _ original: PublishPacket, alias: UInt16, isNew: Bool, _ payload: RawSpan, _ isGathered: Bool,
    _ store: any MQTTStore, as chosen: UInt16?
  ) throws(MQTTError) -> UInt16 {
    var properties: [UInt8] = []
    swap(&properties, &aliasedProperties)
    properties.removeAll(keepingCapacity: true)
    properties.append(addingCapacity: original.properties.encoded.count + 3) { out in
      out.append(original.properties.encoded)
      // never throws: there is room, and the session gives no other alias than one that may be sent
      try? PropertyList.append(.topicAlias, UInt32(alias), to: &out)
    }
    let packet = PublishPacket(
      topic: isNew ? original.topic : Span(), qos: original.qos, identifier: original.identifier,
      isRetained: original.isRetained, isDuplicate: original.isDuplicate,
      properties: PropertyList(encoded: properties.span), payloadLength: original.payloadLength)
    let identifier = try append(packet, original: original, payload, isGathered, store, as: chosen)
    aliasedProperties = properties
    return identifier
  }

  /// - Parameter original: the message as the application gave it.
  private mutating func append(
    _ packet: PublishPacket, original: PublishPacket, _ payload: RawSpan, _ isGathered: Bool, _ store: any MQTTStore,
    as chosen: UInt16?
  ) throws(MQTTError) -> UInt16 {
    let rules = session.sendingRules
    let bodyLength: Int
    do throws(PacketEncodingError) { bodyLength = try packet.checkEncoding(under: rules) } catch {
      throw .invalidArgument(.packet(error))
    }
    let (identifier, record): (UInt16, StoreRecord?)
    do throws(SessionRefusal) { (identifier, record) = try session.publish(packet, as: chosen) } catch {
      throw .refused(error)
    }
    let start = bytes.count
    let length = packet.encodedLength(bodyLength: bodyLength)
    bytes.append(addingCapacity: length + (isGathered ? payload.byteCount : 0)) { out in
      packet.write(into: &out, identifier: identifier, bodyLength: bodyLength, rules.version)
      if isGathered { out.append(payload) }
    }
    guard let record else { return 0 }
    isKeeping.store(true, ordering: .relaxed)
    defer { isKeeping.store(false, ordering: .relaxed) }
    do throws(MQTTStoreError) {
      if packet.topicAlias == 0 {
        try store.keep(record, bytes.span.extracting(start..<(start + length)), payload: payload)
      } else {
        try keepWithoutAlias(record, original, identifier, payload, store)
      }
    } catch {
      throw .store(error)
    }
    return identifier
  }

  /// Has a message kept as it is to be sent again: an alias holds for one connection only ([MQTT-3.3.2-7]).
  private mutating func keepWithoutAlias(
    _ record: StoreRecord, _ original: PublishPacket, _ identifier: UInt16, _ payload: RawSpan,
    _ store: any MQTTStore
  ) throws(MQTTStoreError) {
    if original.topic.isEmpty {
      session.withOutgoingTopic(of: original.topicAlias) { plain.setTopic($0) }
    } else {
      plain.setTopic(original.topic)
    }
    // the same packet with less in it has just been encoded
    try? plain.encode(original, identifier, under: session.sendingRules)
    try store.keep(record, plain.bytes.span, payload: payload)
  }
}
