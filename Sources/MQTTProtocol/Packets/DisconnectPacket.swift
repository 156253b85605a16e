/// DISCONNECT (3.14): the last packet of a connection; in 3.1.1 the client's alone, and empty.
///
///     reason code   MQTT 5.0; left out where it is 0 and there are no properties
///     properties    MQTT 5.0; the length too is left out where there are none
public struct DisconnectPacket: ~Escapable {
  public var reasonCode: ReasonCode
  public var properties: PropertyList

  @_lifetime(copy properties)
  public init(reasonCode: ReasonCode = .normalDisconnection, properties: PropertyList = PropertyList()) {
    self.reasonCode = reasonCode
    self.properties = properties
  }

  @_lifetime(copy body)
  init(body: Span<UInt8>, under rules: PacketRules) throws(MQTTViolation) {
    var fields = FieldReader(body)
    // 3.14.2.1: without a reason code it is 0; 3.14.2.2.1: in less than two bytes there is no property length
    reasonCode = fields.remaining > 0 ? ReasonCode(rawValue: try fields.byte()) : .normalDisconnection
    properties = fields.remaining > 0 ? try fields.properties() : PropertyList()
    try fields.end()
    try check(under: rules)
  }

  private func check(under rules: PacketRules) throws(MQTTViolation) {
    try PacketType.disconnect.checkDirection(under: rules)
    let isAllowed =
      rules.version == .mqtt5
      ? reasonCode.mayStand(in: .disconnect, under: rules) : reasonCode == .normalDisconnection
    guard isAllowed else { throw .reasonCodeNotAllowed(.disconnect, reasonCode.rawValue) }
    try properties.check(.disconnect, under: rules)
  }

  private var bodyLength: Int {
    if !properties.isEmpty { return 1 + properties.encodedLength }
    return reasonCode == .normalDisconnection ? 0 : 1
  }

  /// Bytes of the whole packet.
  public var encodedLength: Int { FixedHeader.length(bodyLength) }

  /// Writes the packet.
  public func encode(into out: inout OutputSpan<UInt8>, under rules: PacketRules) throws(PacketEncodingError) {
    do throws(MQTTViolation) { try check(under: rules) } catch { throw .violation(error) }
    try FixedHeader.begin(.disconnect, bodyLength: bodyLength, to: &out)
    if bodyLength > 0 { out.append(reasonCode.rawValue) }
    if !properties.isEmpty { out.appendProperties(properties) }
  }
}
