/// AUTH (3.15): a step of an enhanced authentication, MQTT 5.0 only.
///
/// Reason code and properties, or nothing at all where it is success without properties. Otherwise the authentication
/// method must be there (3.15.2.2.2).
public struct AuthPacket: ~Escapable {
  public var reasonCode: ReasonCode
  public var properties: PropertyList

  @_lifetime(copy properties)
  public init(reasonCode: ReasonCode, properties: PropertyList = PropertyList()) {
    self.reasonCode = reasonCode
    self.properties = properties
  }

  @_lifetime(copy body)
  init(body: Span<UInt8>, under rules: PacketRules) throws(MQTTViolation) {
    var fields = FieldReader(body)
    if fields.remaining == 0 {
      reasonCode = .success
      properties = PropertyList()
    } else {
      reasonCode = ReasonCode(rawValue: try fields.byte())
      properties = try fields.properties()
    }
    try fields.end()
    try check(under: rules)
  }

  private func check(under rules: PacketRules) throws(MQTTViolation) {
    try PacketType.auth.checkDirection(under: rules)
    guard reasonCode.mayStand(in: .auth, under: rules) else {
      throw .reasonCodeNotAllowed(.auth, reasonCode.rawValue)
    }
    try properties.check(.auth, under: rules)
    guard isBare || properties.bytes(.authenticationMethod) != nil else { throw .authenticationMethodMissing }
  }

  private var isBare: Bool { reasonCode == .success && properties.isEmpty }

  private var bodyLength: Int { isBare ? 0 : 1 + properties.encodedLength }

  /// Bytes of the whole packet.
  public var encodedLength: Int { FixedHeader.length(bodyLength) }

  /// Writes the packet.
  public func encode(into out: inout OutputSpan<UInt8>, under rules: PacketRules) throws(PacketEncodingError) {
    do throws(MQTTViolation) { try check(under: rules) } catch { throw .violation(error) }
    try FixedHeader.begin(.auth, bodyLength: bodyLength, to: &out)
    guard bodyLength > 0 else { return }
    out.append(reasonCode.rawValue)
    out.appendProperties(properties)
  }
}
