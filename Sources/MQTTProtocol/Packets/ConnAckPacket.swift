/// CONNACK (3.2): the broker's answer to CONNECT, and its first packet but for AUTH ([MQTT-3.2.0-1]).
///
///     acknowledge flags   bit 0: session present
///     reason code         in 3.1.1 the return code
///     properties          MQTT 5.0
public struct ConnAckPacket: ~Escapable {
  public var isSessionPresent: Bool
  /// A `ReasonCode` in MQTT 5.0, a `ConnectReturnCode` in 3.1.1. Zero accepts in both.
  public var code: UInt8
  public var properties: PropertyList

  @_lifetime(copy properties)
  public init(isSessionPresent: Bool = false, reasonCode: ReasonCode, properties: PropertyList = PropertyList()) {
    self.isSessionPresent = isSessionPresent
    self.code = reasonCode.rawValue
    self.properties = properties
  }

  /// The CONNACK of 3.1.1.
  @_lifetime(immortal)
  public init(isSessionPresent: Bool = false, returnCode: ConnectReturnCode) {
    self.isSessionPresent = isSessionPresent
    self.code = returnCode.rawValue
    self.properties = PropertyList()
  }

  @_lifetime(copy body)
  init(body: Span<UInt8>, under rules: PacketRules) throws(MQTTViolation) {
    var fields = FieldReader(body)
    let flags = try fields.byte()
    // [MQTT-3.2.2-1]
    guard flags & 0xFE == 0 else { throw .connAckReservedFlags(flags) }
    isSessionPresent = flags & 1 != 0
    code = try fields.byte()
    properties = rules.version == .mqtt5 ? try fields.properties() : PropertyList()
    try fields.end()
    try check(under: rules)
  }

  /// Whether the broker took the client in.
  public var isAccepted: Bool { code == 0 }

  /// The code in the terms of MQTT 5.0.
  public var reasonCode: ReasonCode { ReasonCode(rawValue: code) }

  /// The code in the terms of 3.1.1; nil where it is one of MQTT 5.0's.
  public var returnCode: ConnectReturnCode? { ConnectReturnCode(rawValue: code) }

  private func check(under rules: PacketRules) throws(MQTTViolation) {
    try PacketType.connAck.checkDirection(under: rules)
    let isAllowed =
      rules.version == .mqtt5
      ? reasonCode.mayStand(in: .connAck, under: rules) : ConnectReturnCode(rawValue: code) != nil
    guard isAllowed else { throw .reasonCodeNotAllowed(.connAck, code) }
    // [MQTT-3.2.2-6], in 3.1.1 [MQTT-3.2.2-4]
    guard isAccepted || !isSessionPresent else { throw .sessionPresentWithRefusal }
    try properties.check(.connAck, under: rules)
  }

  private func bodyLength(_ version: MQTTVersion) -> Int { 2 + properties.encodedLength(version) }

  /// Bytes of the whole packet.
  public func encodedLength(_ version: MQTTVersion) -> Int { FixedHeader.length(bodyLength(version)) }

  /// Writes the packet.
  public func encode(into out: inout OutputSpan<UInt8>, under rules: PacketRules) throws(PacketEncodingError) {
    do throws(MQTTViolation) { try check(under: rules) } catch { throw .violation(error) }
    try FixedHeader.begin(.connAck, bodyLength: bodyLength(rules.version), to: &out)
    out.append((isSessionPresent ? 1 : 0) as UInt8)
    out.append(code)
    if rules.version == .mqtt5 { out.appendProperties(properties) }
  }
}
