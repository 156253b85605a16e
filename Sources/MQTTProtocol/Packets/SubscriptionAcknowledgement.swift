/// SUBACK or UNSUBACK (3.9, 3.11): packet identifier, properties (MQTT 5.0), and a reason code for each topic filter, in
/// their order ([MQTT-3.9.3-1], [MQTT-3.11.3-1]). The UNSUBACK of 3.1.1 has no codes.
public struct SubscriptionAcknowledgement: ~Escapable {
  public enum Kind: Sendable, Hashable, CaseIterable {
    case subAck
    case unsubAck

    public var packetType: PacketType { self == .subAck ? .subAck : .unsubAck }
  }

  public var kind: Kind
  public var identifier: UInt16
  public var properties: PropertyList
  /// The raw values of `ReasonCode`; in the SUBACK of 3.1.1 the granted QoS, or 0x80.
  public var reasonCodes: Span<UInt8>

  @_lifetime(copy properties, copy reasonCodes)
  public init(
    _ kind: Kind, identifier: UInt16, reasonCodes: Span<UInt8>, properties: PropertyList = PropertyList()
  ) {
    self.kind = kind
    self.identifier = identifier
    self.properties = properties
    self.reasonCodes = reasonCodes
  }

  @_lifetime(copy body)
  init(_ kind: Kind, body: Span<UInt8>, under rules: PacketRules) throws(MQTTViolation) {
    let body = try ListBody(body, rules.version)
    self.kind = kind
    identifier = body.identifier
    properties = body.properties
    reasonCodes = body.list
    try check(under: rules)
  }

  private func check(under rules: PacketRules) throws(MQTTViolation) {
    let type = kind.packetType
    try type.checkDirection(under: rules)
    try checkIdentifier(identifier)
    try properties.check(kind == .subAck ? .subAck : .unsubAck, under: rules)
    if kind == .unsubAck, rules.version == .mqtt311 {
      guard reasonCodes.isEmpty else { throw .trailingBytes(reasonCodes.count) }
      return
    }
    // there was a filter, so there is a code: [MQTT-3.8.4-6]
    guard !reasonCodes.isEmpty else { throw .emptyList(type) }
    for i in 0..<reasonCodes.count {
      guard ReasonCode(rawValue: reasonCodes[i]).mayStand(in: type, under: rules) else {
        throw .reasonCodeNotAllowed(type, reasonCodes[i])
      }
    }
  }

  private var body: ListBody {
    @_lifetime(copy self)
    get { ListBody(identifier: identifier, properties: properties, list: reasonCodes) }
  }

  /// Bytes of the whole packet.
  public func encodedLength(_ version: MQTTVersion) -> Int { body.packetLength(version) }

  /// Writes the packet.
  public func encode(into out: inout OutputSpan<UInt8>, under rules: PacketRules) throws(PacketEncodingError) {
    do throws(MQTTViolation) { try check(under: rules) } catch { throw .violation(error) }
    try body.encode(kind.packetType, into: &out, rules.version)
  }
}
