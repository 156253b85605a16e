/// SUBSCRIBE (3.8): packet identifier, properties (MQTT 5.0), and topic filters with their options.
public struct SubscribePacket: ~Escapable {
  public var identifier: UInt16
  public var properties: PropertyList
  public var subscriptions: SubscriptionList

  @_lifetime(copy properties, copy subscriptions)
  public init(identifier: UInt16, subscriptions: SubscriptionList, properties: PropertyList = PropertyList()) {
    self.identifier = identifier
    self.properties = properties
    self.subscriptions = subscriptions
  }

  @_lifetime(copy body)
  init(body: Span<UInt8>, under rules: PacketRules) throws(MQTTViolation) {
    let body = try ListBody(body, rules.version)
    identifier = body.identifier
    properties = body.properties
    subscriptions = SubscriptionList(encoded: body.list)
    _ = try check(under: rules)
  }

  /// Checks the packet, and counts its topic filters: SUBACK has a code for each.
  ///
  /// - Throws: `violation` only.
  public func count(under rules: PacketRules) throws(PacketEncodingError) -> Int {
    do throws(MQTTViolation) { return try check(under: rules) } catch { throw .violation(error) }
  }

  private func check(under rules: PacketRules) throws(MQTTViolation) -> Int {
    try PacketType.subscribe.checkDirection(under: rules)
    try checkIdentifier(identifier)
    try properties.check(.subscribe, under: rules)
    return try subscriptions.check(rules.version)
  }

  private var body: ListBody {
    @_lifetime(copy self)
    get { ListBody(identifier: identifier, properties: properties, list: subscriptions.encoded) }
  }

  /// Bytes of the whole packet.
  public func encodedLength(_ version: MQTTVersion) -> Int { body.packetLength(version) }

  /// Writes the packet.
  public func encode(into out: inout OutputSpan<UInt8>, under rules: PacketRules) throws(PacketEncodingError) {
    _ = try count(under: rules)
    try body.encode(.subscribe, into: &out, rules.version)
  }
}
