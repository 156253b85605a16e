/// How a mosquitto is set up. Left as it is: anonymous clients on all transports, nothing kept over a restart, no limits
/// but mosquitto's own.
public struct MosquittoOptions: Sendable {
  public var transports = BrokerTransport.allCases
  /// Sessions and retained messages survive `stop` and `restart`. What `kill` leaves of them is not defined: mosquitto
  /// writes them when it ends.
  public var isPersistent = false
  /// User names and their passwords; empty: everybody may come in without.
  public var passwords: [String: String] = [:]
  /// Clients show a certificate on the secure listeners, which mosquitto's own certificate has signed.
  public var requiresCertificate = false
  /// Messages of QoS 1 and 2 on their way to a client and from it; to clients of MQTT 5.0 it is the receive maximum.
  /// mosquitto's default is 20.
  public var maxInflightMessages: Int?
  /// Messages that wait for a client behind those on their way. mosquitto's default is 1000; 0 is no limit.
  public var maxQueuedMessages: Int?
  /// Seconds. A client of MQTT 5.0 that asks for more is told so; another is refused.
  public var maxKeepAlive: Int?
  /// Topic aliases that a client may use. mosquitto's default is 10.
  public var maxTopicAlias: Int?
  /// Bytes of a payload. A message with more is dropped.
  public var messageSizeLimit: Int?
  /// Bytes of a packet, which clients of MQTT 5.0 are told. A client that sends more is disconnected.
  public var maxPacketSize: Int?
  /// The highest QoS that clients of MQTT 5.0 are told.
  public var maxQoS: Int?
  /// Retained messages are kept.
  public var retainAvailable = true
  /// The log has a line for each packet.
  public var logsPackets = false
  /// Lines of mosquitto.conf before the first listener, for what else a test wants.
  public var general: [String] = []

  public init() {}
}
