/// PUBACK, PUBREC, PUBREL or PUBCOMP (3.4 to 3.7): they differ in name only.
///
///     packet identifier   two bytes
///     reason code         MQTT 5.0; left out where it is success and there are no properties
///     properties          MQTT 5.0; the length too is left out where there are none
public struct PublishAcknowledgement: ~Escapable {
  public enum Kind: Sendable, Hashable, CaseIterable {
    case pubAck
    case pubRec
    case pubRel
    case pubComp

    public var packetType: PacketType {
      switch self {
      case .pubAck: .pubAck
      case .pubRec: .pubRec
      case .pubRel: .pubRel
      case .pubComp: .pubComp
      }
    }

    var place: PropertyPlace {
      switch self {
      case .pubAck: .pubAck
      case .pubRec: .pubRec
      case .pubRel: .pubRel
      case .pubComp: .pubComp
      }
    }
  }

  public var kind: Kind
  public var identifier: UInt16
  /// Success in 3.1.1, which has no other.
  public var reasonCode: ReasonCode
  public var properties: PropertyList

  @_lifetime(copy properties)
  public init(
    _ kind: Kind, identifier: UInt16, reasonCode: ReasonCode = .success, properties: PropertyList = PropertyList()
  ) {
    self.kind = kind
    self.identifier = identifier
    self.reasonCode = reasonCode
    self.properties = properties
  }

  @_lifetime(copy body)
  init(_ kind: Kind, body: Span<UInt8>, under rules: PacketRules) throws(MQTTViolation) {
    var fields = FieldReader(body)
    self.kind = kind
    identifier = try fields.twoByteInteger()
    // 3.4.2.1: without a reason code it is success; 3.4.2.2.1: in less than four bytes there is no property length
    reasonCode = fields.remaining > 0 ? ReasonCode(rawValue: try fields.byte()) : .success
    properties = fields.remaining > 0 ? try fields.properties() : PropertyList()
    try fields.end()
    try check(under: rules)
  }

  private func check(under rules: PacketRules) throws(MQTTViolation) {
    try checkIdentifier(identifier)
    let isAllowed =
      rules.version == .mqtt5 ? reasonCode.mayStand(in: kind.packetType, under: rules) : reasonCode == .success
    guard isAllowed else { throw .reasonCodeNotAllowed(kind.packetType, reasonCode.rawValue) }
    try properties.check(kind.place, under: rules)
  }

  private var bodyLength: Int {
    if !properties.isEmpty { return 3 + properties.encodedLength }
    return reasonCode == .success ? 2 : 3
  }

  /// Bytes of the whole packet.
  public func encodedLength(_ version: MQTTVersion) -> Int { FixedHeader.length(bodyLength) }

  /// Writes the packet.
  public func encode(into out: inout OutputSpan<UInt8>, under rules: PacketRules) throws(PacketEncodingError) {
    do throws(MQTTViolation) { try check(under: rules) } catch { throw .violation(error) }
    try FixedHeader.begin(kind.packetType, bodyLength: bodyLength, to: &out)
    out.append(identifier)
    if bodyLength > 2 { out.append(reasonCode.rawValue) }
    if !properties.isEmpty { out.appendProperties(properties) }
  }
}
