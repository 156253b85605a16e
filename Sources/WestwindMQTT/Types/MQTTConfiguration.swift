public import MQTTProtocol
internal import WestwindConfiguration
public import WestwindSockets

/// Who the client is, and what it asks of the broker. Every default comes from `Kconfig` where it has a symbol.
public struct MQTTConfiguration: Sendable {
  /// Who answers the messages that come.
  public enum Acknowledgements: Sendable, Hashable {
    /// The client, once the payload has been read and the callback has returned.
    case automatic
    /// The application, by `acknowledge`, in the order of the messages; Zephyr's way. PUBREL and PUBCOMP follow by
    /// themselves.
    case manual
  }

  /// Default: `MQTT_VERSION_5_0` or `MQTT_VERSION_3_1_1`, whichever is chosen.
  public var version: MQTTVersion =
    BuildConfiguration.MQTT_VERSION_5_0 && !BuildConfiguration.MQTT_VERSION_3_1_1 ? .mqtt5 : .mqtt311
  /// Empty: the broker gives one, which is lost with the connection; in 3.1.1 only with `isCleanStart`.
  public var clientIdentifier: String
  /// Begin a new session, and forget the one before; in 3.1.1 also: end it with the connection. Default:
  /// `MQTT_CLEAN_SESSION`. In MQTT 5.0 a session outlives its connection only with a `sessionExpiryInterval`.
  /// Where it is off, a session that the broker has is taken up also by a client that has just been started: it knows its
  /// subscriptions, and what the store remembers is all that was under way.
  public var isCleanStart = BuildConfiguration.MQTT_CLEAN_SESSION
  /// Seconds between packets at most; 0 is no keep alive. The broker may set another. Default: `MQTT_KEEPALIVE`.
  public var keepAlive = UInt16(clamping: BuildConfiguration.MQTT_KEEPALIVE)
  public var userName: String?
  /// Binary data, 65535 bytes at most.
  public var password: [UInt8]?
  public var will: MQTTWill?
  /// Seconds that the session outlives a connection; `UInt32.max` is for ever. MQTT 5.0 only; 0 is not sent.
  public var sessionExpiryInterval: UInt32 = 0
  /// CONNECT's own, of MQTT 5.0. Those that `limits`, `maximumPacketSize` and `sessionExpiryInterval` stand for are added
  /// by the client: receive maximum, topic alias maximum, maximum packet size.
  public var properties = MQTTProperties()
  /// The room for what waits for answers, both ways. Default: `MQTT_OUTGOING_MAX`, `MQTT_INCOMING_MAX`,
  /// `MQTT_TOPIC_ALIAS_MAX`, `MQTT_TOPIC_ALIAS_STRING_MAX`,
  /// `MQTT_UNANNOUNCED_RECEIVE_MAX`.
  public var limits = SessionLimits(
    outgoing: BuildConfiguration.MQTT_OUTGOING_MAX, incoming: BuildConfiguration.MQTT_INCOMING_MAX,
    outgoingAliases: BuildConfiguration.MQTT_TOPIC_ALIAS_MAX, incomingAliases: BuildConfiguration.MQTT_TOPIC_ALIAS_MAX,
    aliasedTopicLength: BuildConfiguration.MQTT_TOPIC_ALIAS_STRING_MAX,
    unannouncedReceiveMaximum: BuildConfiguration.MQTT_UNANNOUNCED_RECEIVE_MAX)
  /// Sends topics by alias where the broker takes them. MQTT 5.0 only. Default: false.
  public var usesTopicAliases = false
  /// Default: `.automatic`.
  public var acknowledgements = Acknowledgements.automatic
  /// Bytes of the largest packet that is taken, payload included; announced to a broker of MQTT 5.0. Default: as large as
  /// a packet can be.
  public var maximumPacketSize = 268_435_460
  /// Bytes that a packet may have without the payload of PUBLISH; at least 64, which a smaller number counts as, and 1 GiB at
  /// most. Default: `MQTT_PACKET_BUFFER_SIZE`.
  public var packetBufferSize = BuildConfiguration.MQTT_PACKET_BUFFER_SIZE
  /// Bytes read at once, and bytes gathered for one write, at most; 1 to 1 GiB. Default: `MQTT_IO_BUFFER_SIZE`.
  public var bufferSize = BuildConfiguration.MQTT_IO_BUFFER_SIZE
  /// How long CONNACK may take. Default: `MQTT_CONNACK_TIMEOUT_MS`.
  public var connAckTimeout = Timeout.milliseconds(BuildConfiguration.MQTT_CONNACK_TIMEOUT_MS)
  /// How long one write may take. Default: `MQTT_WRITE_TIMEOUT_MS`.
  public var writeTimeout = Timeout.milliseconds(BuildConfiguration.MQTT_WRITE_TIMEOUT_MS)
  /// Milliseconds that the answer to PINGREQ may take; nil is half of the keep alive.
  public var pingTimeout: UInt64?

  public init(clientIdentifier: String = "") {
    self.clientIdentifier = clientIdentifier
  }

  /// Checks that the numbers can be used.
  func check() throws(MQTTError) {
    if let (name, minimum) = limits.outOfRange {
      throw .invalidArgument(.outOfRange("limits.\(name)", minimum: minimum, maximum: 0xFFFF))
    }
    try MQTTError.check("maximumPacketSize", maximumPacketSize, 2...)
    try MQTTError.check("packetBufferSize", packetBufferSize, 0...(1 << 30))
    try MQTTError.check("bufferSize", bufferSize, 1...(1 << 30))
  }
}

extension MQTTError {
  /// Throws if a number of a configuration is out of its range.
  static func check(_ name: String, _ value: Int, _ range: PartialRangeFrom<Int>) throws(MQTTError) {
    try check(name, value, range.lowerBound...Int.max)
  }

  static func check(_ name: String, _ value: Int, _ range: ClosedRange<Int>) throws(MQTTError) {
    guard !range.contains(value) else { return }
    throw .invalidArgument(.outOfRange(name, minimum: range.lowerBound, maximum: range.upperBound))
  }
}
