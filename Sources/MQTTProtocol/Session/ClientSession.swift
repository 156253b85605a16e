/// The client's side of a session, without input or output: it is told what was received and what is to be sent, and says
/// what follows from it.
///
///     idle --connect--> connecting --CONNACK 0--> connected --disconnect--> closing
///       ^                   |                         |                        |
///       +----connectionEnded+-------------------------+------------------------+
///
/// - A session outlives its connections. Messages of QoS 1 and 2 that were not answered to the end are sent again on the
///   next one, in their order, where the broker still has the session (4.4, 4.6); where it has not, they are gone.
/// - Every `receive` throws what the broker did wrong. Then send DISCONNECT with the violation's reason code (MQTT 5.0),
///   close, and call `connectionEnded`.
/// - Every call that sends throws `SessionRefusal` where it may not be sent, and has changed nothing then.
/// - What comes back with a `StoreRecord` is written down first, where the session is to outlive the process.
/// - Times are milliseconds of any clock that only goes forward.
///
/// The session holds no message and no socket, and allocates nothing after it was made and `connect` was called; but for
/// a broker that has more messages under way than `SessionLimits.incoming`, as one of 3.1.1 may, and for identifiers
/// that the application chose.
public struct ClientSession: ~Copyable {
  public enum State: Sendable, Hashable {
    /// No connection.
    case idle
    /// CONNECT has left; CONNACK is to come.
    case connecting
    case connected
    /// DISCONNECT has left: nothing may follow it ([MQTT-3.14.4-1]).
    case closing
  }

  public let limits: SessionLimits
  public internal(set) var state = State.idle
  public internal(set) var version = MQTTVersion.mqtt5
  /// What the broker allows on this connection.
  public internal(set) var broker = BrokerLimits()
  public internal(set) var keepAlive = KeepAliveTimer(seconds: 0, at: 0)

  /// Messages outlive a session that the broker has lost: they are sent again to the new one, as new ones, without DUP
  /// and under the same identifiers. At QoS 2 that may double a message which the broker had passed on; without it, it
  /// may be lost. Off, they are gone with the session ([MQTT-3.2.2-5]).
  public var keepsMessages = false
  /// What `nextResend` gives are messages of a session that is lost, so new ones to the broker: DUP is not set.
  public internal(set) var resendsAreNew = false

  // What CONNECT said.
  var isCleanStart = true
  var connectKeepAlive: UInt16 = 0
  var connectExpiry: UInt32 = 0
  var receiveMaximum = 0xFFFF
  var topicAliasMaximum: UInt16 = 0
  var clientGaveNoIdentifier = false
  var wantsResponseInformation = false
  var wantsProblemInformation = true
  /// Nil: no enhanced authentication. Kept to be compared ([MQTT-4.12.0-5]).
  var authenticationMethod: [UInt8]?
  var authentication = Authentication.none
  var pingTimeout: UInt64?

  // The session itself.
  /// Both sides have one, as far as this side knows.
  public internal(set) var hasSession = false
  /// Seconds that the session outlives the connection; `UInt32.max` is for ever.
  public internal(set) var expiryInterval: UInt32 = 0
  var endedAt: UInt64?
  var outgoing: OutgoingTable
  /// Messages of QoS 2 that have come and wait for PUBREL, with those of connections before.
  var incomingQoS2: PacketIdentifierSet
  /// Those of them that came on this connection, which is what the receive maximum counts (3.1.2.11.3).
  var newIncomingQoS2: PacketIdentifierSet
  var answers: AnswerQueue

  // The connection.
  var outgoingAliases: AliasTable
  var incomingAliases: AliasTable
  /// The broker took up a session of before on this connection.
  var isResumed = false
  /// CONNACK took this client in.
  var wasAccepted = false
  /// The message whose payload is arriving.
  var arriving: AnswerQueue.Entry?

  public init(limits: SessionLimits = SessionLimits()) {
    let limits = limits.clamped
    self.limits = limits
    outgoing = OutgoingTable(capacity: limits.outgoing)
    incomingQoS2 = PacketIdentifierSet(capacity: limits.incoming)
    newIncomingQoS2 = PacketIdentifierSet(capacity: limits.incoming)
    answers = AnswerQueue(capacity: limits.incoming)
    outgoingAliases = AliasTable(capacity: limits.outgoingAliases, topicLength: limits.aliasedTopicLength)
    incomingAliases = AliasTable(capacity: limits.incomingAliases, topicLength: limits.aliasedTopicLength)
  }

  /// What this client is held to when it sends.
  public var sendingRules: PacketRules { PacketRules(version: version, sender: .client) }

  /// What the broker is held to: for `PacketReader`.
  public var receivingRules: PacketRules { PacketRules(version: version, sender: .broker) }

  func require(_ state: State) throws(SessionRefusal) {
    guard self.state == state else { throw .notInThisState }
  }

  // What is called for each message is `mutating`, though it changes nothing: where a value of this size that cannot be
  // copied is only lent, it is moved back and forth all the same (Swift 6.3).

  /// A packet that has its place only between CONNACK and the end ([MQTT-3.2.0-1]).
  mutating func expectConnected(_ type: PacketType) throws(MQTTViolation) {
    guard state == .connected || state == .closing else { throw .unexpectedPacket(type) }
  }

  /// [MQTT-3.1.2-29]: a client that does not want problem information gets it in PUBLISH, CONNACK and DISCONNECT only.
  mutating func checkProblemInformation(
    _ properties: borrowing PropertyList, in type: PacketType
  ) throws(MQTTViolation) {
    guard !wantsProblemInformation else { return }
    var reader = properties.makeReader()
    while let property = reader.next() {
      switch property {
      case .pair, .bytes(.reasonString, _): throw .problemInformationNotRequested(type)
      default: break
      }
    }
  }

  mutating func discard() {
    if keepsMessages { outgoing.removeReleases() } else { outgoing.removeAll() }
    incomingQoS2.removeAll()
    newIncomingQoS2.removeAll()
    answers.removeAll()
    hasSession = false
  }
}
