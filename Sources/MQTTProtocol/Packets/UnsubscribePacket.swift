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
    let body = try ListBody(body, rules.version)
    identifier = body.identifier
    properties = body.properties
    filters = TopicFilterList(encoded: body.list)
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

  private var body: ListBody {
    @_lifetime(copy self)
    get { ListBody(identifier: identifier, properties: properties, list: filters.encoded) }
  }

  /// Bytes of the whole packet.
  public func encodedLength(_ version: MQTTVersion) -> Int { body.packetLength(version) }

  /// Writes the packet.
  public func encode(into out: inout OutputSpan<UInt8>, under rules: PacketRules) throws(PacketEncodingError) {
    _ = try count(under: rules)
    try body.encode(.unsubscribe, into: &out, rules.version)
  }
}
