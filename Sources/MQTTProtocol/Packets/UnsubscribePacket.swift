/// UNSUBSCRIBE (3.10): packet identifier, properties (MQTT 5.0), and topic filters.
public struct UnsubscribePacket: ~Escapable {
  public var identifier: UInt16
  public var properties: PropertyList
  public var filters: TopicFilterList

  @_lifetime(copy properties, copy filters)
  public init(identifier: UInt16, filters: TopicFilterList, properties: PropertyList = PropertyList()) {
    self.identifier = identifier
    self.properties = properties
    self.filters = filters
  }

  @_lifetime(copy body)
  init(body: Span<UInt8>, under rules: PacketRules) throws(MQTTViolation) {
    var fields = FieldReader(body)
    identifier = try fields.twoByteInteger()
    properties = rules.version == .mqtt5 ? try fields.properties() : PropertyList()
    filters = TopicFilterList(encoded: fields.rest())
    _ = try check(under: rules)
  }

  /// Checks the packet, and counts its topic filters: UNSUBACK has a code for each in MQTT 5.0.
  ///
  /// - Throws: `violation` only.
  public func count(under rules: PacketRules) throws(PacketEncodingError) -> Int {
    do throws(MQTTViolation) { return try check(under: rules) } catch { throw .violation(error) }
  }

  private func check(under rules: PacketRules) throws(MQTTViolation) -> Int {
    try PacketType.unsubscribe.checkDirection(under: rules)
    try checkIdentifier(identifier)
    try properties.check(.unsubscribe, under: rules)
    return try filters.check(rules.version)
  }

  private func bodyLength(_ version: MQTTVersion) -> Int {
    2 + properties.encodedLength(version) + filters.encoded.count
  }

  /// Bytes of the whole packet.
  public func encodedLength(_ version: MQTTVersion) -> Int { FixedHeader.length(bodyLength(version)) }

  /// Writes the packet.
  public func encode(into out: inout OutputSpan<UInt8>, under rules: PacketRules) throws(PacketEncodingError) {
    _ = try count(under: rules)
    try FixedHeader.begin(.unsubscribe, bodyLength: bodyLength(rules.version), to: &out)
    out.append(identifier)
    if rules.version == .mqtt5 { out.appendProperties(properties) }
    out.append(filters.encoded)
  }
}
