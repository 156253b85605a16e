/// CONNECT (3.1): the first packet of a connection, from the client ([MQTT-3.1.0-1]).
///
///     protocol name       text: MQTT
///     protocol version    4 or 5
///     connect flags       user name, password, will retain, will QoS (2), will, clean start, 0
///     keep alive          two bytes, in seconds
///     properties          MQTT 5.0
///     client identifier   text
///     will                properties (MQTT 5.0), topic, payload: where the flag says so
///     user name, password where the flags say so
public struct ConnectPacket: ~Escapable {
  public let version: MQTTVersion
  /// Clean start; in 3.1.1 clean session.
  public let isCleanStart: Bool
  /// Seconds; 0 is no keep alive.
  public let keepAlive: UInt16
  public let properties: PropertyList
  /// Empty: the broker gives one.
  public let clientIdentifier: Span<UInt8>
  public let will: WillMessage?
  public let userName: Span<UInt8>?
  /// Binary data, 65535 bytes at most.
  public let password: Span<UInt8>?

  @_lifetime(copy properties, copy clientIdentifier, copy will, copy userName, copy password)
  public init(
    version: MQTTVersion, clientIdentifier: Span<UInt8>, isCleanStart: Bool = true, keepAlive: UInt16 = 0,
    properties: PropertyList = PropertyList(), will: consuming WillMessage? = nil,
    userName: consuming Span<UInt8>? = nil, password: consuming Span<UInt8>? = nil
  ) {
    self.version = version
    self.isCleanStart = isCleanStart
    self.keepAlive = keepAlive
    self.properties = properties
    self.clientIdentifier = clientIdentifier
    self.will = will
    self.userName = userName
    self.password = password
  }

  @_lifetime(copy body)
  init(body: Span<UInt8>) throws(MQTTViolation) {
    var fields = FieldReader(body)
    // [MQTT-3.1.2-1]
    guard Self.isProtocolName(try fields.field()) else { throw .protocolName }
    let level = try fields.byte()
    // [MQTT-3.1.2-2]
    guard let version = MQTTVersion(rawValue: level) else { throw .protocolVersion(level) }
    self.version = version
    let flags = try fields.byte()
    // [MQTT-3.1.2-3]
    guard flags & ConnectFlags.reserved == 0 else { throw .connectReservedFlag }
    isCleanStart = flags & ConnectFlags.cleanStart != 0
    keepAlive = try fields.twoByteInteger()
    properties = version == .mqtt5 ? try fields.properties() : PropertyList()
    // [MQTT-3.1.3-1]: in this order. [MQTT-3.1.3-3]
    clientIdentifier = try fields.field()
    // [MQTT-3.1.2-12], in 3.1.1 [MQTT-3.1.2-14]
    guard let willQoS = QoS(rawValue: flags >> 3 & 3) else { throw .willQoS3 }
    if flags & ConnectFlags.will != 0 {
      // [MQTT-3.1.2-9]
      let willProperties = version == .mqtt5 ? try fields.properties() : PropertyList()
      let topic = try fields.field()
      will = WillMessage(
        topic: topic, payload: try fields.field(), qos: willQoS, isRetained: flags & ConnectFlags.willRetain != 0,
        properties: willProperties)
    } else {
      // [MQTT-3.1.2-11], [MQTT-3.1.2-13], in 3.1.1 [MQTT-3.1.2-11], [MQTT-3.1.2-13], [MQTT-3.1.2-15]
      guard flags & ConnectFlags.willRetain == 0, willQoS == .atMostOnce else { throw .willFlagsWithoutWill }
      will = nil
    }
    // [MQTT-3.1.2-16], [MQTT-3.1.2-17], in 3.1.1 [MQTT-3.1.2-18], [MQTT-3.1.2-19]
    if flags & ConnectFlags.userName != 0 { userName = try fields.field() } else { userName = nil }
    // [MQTT-3.1.2-18], [MQTT-3.1.2-19], in 3.1.1 [MQTT-3.1.2-20], [MQTT-3.1.2-21]
    if flags & ConnectFlags.password != 0 { password = try fields.field() } else { password = nil }
    try fields.end()
    try check()
  }

  private static func isProtocolName(_ name: Span<UInt8>) -> Bool {
    name.count == 4 && name[0] == 0x4D && name[1] == 0x51 && name[2] == 0x54 && name[3] == 0x54
  }

  func check() throws(MQTTViolation) {
    let rules = PacketRules(version: version, sender: .client)
    try properties.check(.connect, under: rules)
    // [MQTT-3.1.3-4]
    try MQTTText.check(clientIdentifier)
    if let will { try will.check(under: rules) }
    // [MQTT-3.1.3-12], in 3.1.1 [MQTT-3.1.3-11]
    if let userName { try MQTTText.check(userName) }
    guard version == .mqtt311 else { return }
    // 3.1.1 [MQTT-3.1.2-22]
    guard password == nil || userName != nil else { throw .passwordWithoutUserName }
    // 3.1.1 [MQTT-3.1.3-7], [MQTT-3.1.3-8]
    guard !clientIdentifier.isEmpty || isCleanStart else { throw .clientIdentifierEmpty }
  }
}

/// The bits of the connect flags (3.1.2.3).
enum ConnectFlags {
  static let reserved: UInt8 = 1 << 0
  static let cleanStart: UInt8 = 1 << 1
  static let will: UInt8 = 1 << 2
  static let willRetain: UInt8 = 1 << 5
  static let password: UInt8 = 1 << 6
  static let userName: UInt8 = 1 << 7
}
