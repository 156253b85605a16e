internal import WestwindConfiguration
internal import WestwindConnecting
public import WestwindSockets

/// How an agent goes about it, beside what its client is configured with.
public struct MQTTAgentConfiguration: Sendable {
  /// What happens to a message that the queue has no room for.
  public enum QueuePolicy: Sendable, Hashable {
    /// It is refused, with `queueFull`.
    case refuse
    /// The message that has waited longest is dropped, and its sender told so.
    case dropOldest
  }

  public var client: MQTTConfiguration
  /// Messages that may wait to be sent. Default: `MQTT_AGENT_QUEUE_MAX`.
  public var queueLimit = BuildConfiguration.MQTT_AGENT_QUEUE_MAX
  /// Bytes that they may have in all. Default: `MQTT_AGENT_QUEUE_BYTES_MAX`.
  public var queueBytesLimit = BuildConfiguration.MQTT_AGENT_QUEUE_BYTES_MAX
  /// Default: `.refuse`.
  public var queuePolicy = QueuePolicy.refuse
  /// How long connecting may take in all, but for CONNACK. Default: `WEBSOCKET_CONNECT_TIMEOUT_MS`.
  public var connectTimeout = Timeout.connect
  /// The first delay before connecting again is chosen at random up to this; each failure doubles the bound. Default:
  /// `MQTT_AGENT_RECONNECT_MIN_MS`.
  public var reconnectMinimum: Duration = .milliseconds(BuildConfiguration.MQTT_AGENT_RECONNECT_MIN_MS)
  /// The bound goes no further than this. Default: `MQTT_AGENT_RECONNECT_MAX_MS`.
  public var reconnectMaximum: Duration = .milliseconds(BuildConfiguration.MQTT_AGENT_RECONNECT_MAX_MS)
  /// Bytes that the payload of a message may have that comes; a larger one is let go by, and told as
  /// `messageTooLarge`. Default: `MQTT_AGENT_MESSAGE_MAX`.
  public var maximumPayload = BuildConfiguration.MQTT_AGENT_MESSAGE_MAX
  /// How long the payload of one message may take. Default: 30 seconds.
  public var payloadTimeout = Timeout.seconds(30)
  /// Whether to go on after this failure. Default: always, but where it is the configuration that is wrong.
  public var reconnects: @Sendable (MQTTError) -> Bool = { !$0.isMistake }

  /// - Parameter client: keep its identifier from start to start, and have it neither `isCleanStart` nor, in MQTT 5.0, a
  ///   `sessionExpiryInterval` of 0, so that the broker keeps the session between two connections.
  public init(_ client: MQTTConfiguration) {
    self.client = client
  }

  /// Checks that the numbers can be used.
  func check() throws(MQTTError) {
    try client.check()
    try MQTTError.check("queueLimit", queueLimit, 0...)
    try MQTTError.check("queueBytesLimit", queueBytesLimit, 0...)
    try MQTTError.check("maximumPayload", maximumPayload, 0...)
    for (name, duration) in [("reconnectMinimum", reconnectMinimum), ("reconnectMaximum", reconnectMaximum)] {
      guard duration >= .zero else { throw .invalidArgument(.durationNegative(name)) }
    }
  }
}

extension MQTTError {
  /// The same will happen again, since it is what this side asks for that is wrong.
  public var isMistake: Bool {
    switch self {
    case .invalidArgument, .refused, .notSupported, .store: true
    default: false
    }
  }
}
