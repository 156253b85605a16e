/// PUBLISH up to its payload (3.3): a message, from either side.
///
///     topic name            text; empty where MQTT 5.0's topic alias stands for it
///     packet identifier     two bytes, QoS 1 and 2 only
///     properties            MQTT 5.0
///     payload               what is left: any number of bytes, none included
///
/// The payload has no part in this: the caller sends `payloadLength` bytes behind the header, and takes as many off the
/// stream when it receives, from wherever they are to wherever they go.
public struct PublishPacket: ~Escapable {
  /// This may be a message that was sent before (3.3.1.1).
  public var isDuplicate: Bool
  public var qos: QoS
  public var isRetained: Bool
  public var topic: Span<UInt8>
  /// 0 at QoS 0, and nothing else then.
  public var identifier: UInt16
  public var properties: PropertyList
  /// Bytes of payload behind the header.
  public var payloadLength: Int

  @_lifetime(copy topic, copy properties)
  public init(
    topic: Span<UInt8>, qos: QoS = .atMostOnce, identifier: UInt16 = 0, isRetained: Bool = false,
    isDuplicate: Bool = false, properties: PropertyList = PropertyList(), payloadLength: Int
  ) {
    self.isDuplicate = isDuplicate
    self.qos = qos
    self.isRetained = isRetained
    self.topic = topic
    self.identifier = identifier
    self.properties = properties
    self.payloadLength = payloadLength
  }

  /// Reads the variable header.
  ///
  /// - Parameters:
  ///   - header: the packet's.
  ///   - bytes: the variable header, whole and nothing else: what `PacketReader` lends.
  ///   - rules: what its sender is held to.
  @_lifetime(copy bytes)
  public init(_ header: FixedHeader, variableHeader bytes: Span<UInt8>, under rules: PacketRules) throws(MQTTViolation)
  {
    var fields = FieldReader(bytes)
    isDuplicate = header.flags & 8 != 0
    // [MQTT-3.3.1-4]; the fixed header's parser looked before
    guard let qos = QoS(rawValue: header.flags >> 1 & 3) else { throw .publishQoS3 }
    self.qos = qos
    isRetained = header.flags & 1 != 0
    topic = try fields.field()
    identifier = qos == .atMostOnce ? 0 : try fields.twoByteInteger()  // [MQTT-2.2.1-2]
    properties = rules.version == .mqtt5 ? try fields.properties() : PropertyList()
    try fields.end()
    payloadLength = header.remainingLength - bytes.count
    guard payloadLength >= 0 else { throw .truncated }
    try check(under: rules)
  }

  /// MQTT 5.0's topic alias; 0 is none.
  @inlinable public var topicAlias: UInt16 {
    properties.isEmpty ? 0 : UInt16(truncatingIfNeeded: properties.integer(.topicAlias) ?? 0)
  }

  private func check(under rules: PacketRules) throws(MQTTViolation) {
    guard qos != .atMostOnce || !isDuplicate else { throw .dupOnQoS0 }  // [MQTT-3.3.1-2]
    if qos != .atMostOnce { try checkIdentifier(identifier) }
    if !properties.isEmpty { try properties.check(.publish, under: rules) }
    if topic.isEmpty {
      // 3.3.2.1: an empty name needs an alias; in 3.1.1 [MQTT-4.7.3-1]
      guard topicAlias != 0 else { throw .topicNameEmpty }
    } else {
      try TopicName.check(topic)
    }
  }

  private func bodyLength(_ version: MQTTVersion) -> Int {
    2 + topic.count + (qos == .atMostOnce ? 0 : 2) + properties.encodedLength(version)
  }

  /// Bytes that `encode` writes: all but the payload.
  public func encodedLength(_ version: MQTTVersion) -> Int { encodedLength(bodyLength: bodyLength(version)) }

  /// - Parameter bodyLength: what `checkEncoding` has counted.
  @inlinable package func encodedLength(bodyLength: Int) -> Int {
    1 + VariableByteInteger.encodedLength(bodyLength + payloadLength) + bodyLength
  }

  /// Bytes of the whole packet, payload included: what a maximum packet size counts.
  public func packetLength(_ version: MQTTVersion) -> Int { encodedLength(version) + payloadLength }

  /// Writes everything up to the payload, whose `payloadLength` bytes must follow on the stream.
  public func encode(into out: inout OutputSpan<UInt8>, under rules: PacketRules) throws(PacketEncodingError) {
    let bodyLength = try checkEncoding(under: rules)
    let needed = encodedLength(bodyLength: bodyLength)
    guard out.freeCapacity >= needed else { throw .noRoom(needed: needed) }
    write(into: &out, identifier: identifier, bodyLength: bodyLength, rules.version)
  }

  /// Throws what `encode` would throw, but for `noRoom`. The identifier may be any other than 0 at QoS 1 and 2.
  ///
  /// - Returns: bytes between the fixed header and the payload.
  package func checkEncoding(under rules: PacketRules) throws(PacketEncodingError) -> Int {
    try topic.checkFieldLength()
    do throws(MQTTViolation) { try check(under: rules) } catch { throw .violation(error) }
    let longest = VariableByteInteger.maximum
    let bodyLength = bodyLength(rules.version)
    guard payloadLength <= longest, bodyLength <= longest - payloadLength else { throw .packetTooLong(payloadLength) }
    return bodyLength
  }

  /// Writes what `checkEncoding` has let through, with this identifier; there must be room for `encodedLength` bytes.
  package func write(
    into out: inout OutputSpan<UInt8>, identifier: UInt16, bodyLength: Int, _ version: MQTTVersion
  ) {
    out.append(
      PacketType.publish.rawValue << 4 | (isDuplicate ? 8 : 0) | qos.rawValue << 1 | (isRetained ? 1 : 0))
    VariableByteInteger.append(bodyLength + payloadLength, to: &out)
    out.appendField(topic)
    if qos != .atMostOnce { out.append(identifier) }
    if version == .mqtt5 { out.appendProperties(properties) }
  }
}
