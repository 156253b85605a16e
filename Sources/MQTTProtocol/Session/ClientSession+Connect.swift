extension ClientSession {
  /// What CONNACK meant.
  public enum ConnectResult: Sendable, Hashable {
    /// The broker does not take this client; the packet's code says why. It closes the connection ([MQTT-3.2.2-7]), and
    /// so does the client: `connectionEnded`.
    case refused
    /// Connected, and the broker has the session of before. Call `nextResend` until it gives nil, before anything else
    /// is sent.
    case resumed
    /// Connected to a new session. `lost` says that this side had messages, or subscriptions, of a session of before:
    /// they are gone ([MQTT-3.2.2-5]). The store is to forget it all: `StoreRecord.sessionDone`. With `keepsMessages` it
    /// is `StoreRecord.sessionLost`, and `nextResend` gives the messages as new ones.
    case new(lost: Bool)
  }

  /// Begins a connection with CONNECT, which is to be sent as soon as this returns.
  ///
  /// - Parameters:
  ///   - packet: what it announces is what the broker is held to.
  ///   - pingTimeout: milliseconds that the answer to PINGREQ may take; nil is half of the keep alive.
  ///   - now: milliseconds.
  public mutating func connect(
    _ packet: borrowing ConnectPacket, pingTimeout: UInt64? = nil, at now: UInt64
  ) throws(SessionRefusal) {
    try require(.idle)
    do throws(MQTTViolation) { try packet.check() } catch { throw .violation(error) }
    let properties = packet.properties
    let receiveMaximum = packet.version == .mqtt5 ? Int(properties.integer(.receiveMaximum) ?? 0xFFFF) : limits.incoming
    guard receiveMaximum <= limits.incoming else { throw .receiveMaximumBeyondLimit(receiveMaximum) }
    let aliases = properties.integer(.topicAliasMaximum) ?? 0
    guard aliases <= limits.incomingAliases else { throw .topicAliasMaximumBeyondLimit(Int(aliases)) }

    version = packet.version
    isCleanStart = packet.isCleanStart
    connectKeepAlive = packet.keepAlive
    // 3.1.1 3.1.2.4: without a clean session it is kept, and nothing says for how long
    connectExpiry =
      version == .mqtt5 ? properties.integer(.sessionExpiryInterval) ?? 0 : packet.isCleanStart ? 0 : .max
    self.receiveMaximum = receiveMaximum
    topicAliasMaximum = UInt16(truncatingIfNeeded: aliases)
    clientGaveNoIdentifier = packet.clientIdentifier.isEmpty
    wantsResponseInformation = properties.integer(.requestResponseInformation) == 1
    wantsProblemInformation = properties.integer(.requestProblemInformation) != 0
    if let method = properties.bytes(.authenticationMethod) {
      authenticationMethod = Array(capacity: method.count) { out in out.append(method) }
      authentication = .awaitingBroker
    } else {
      authenticationMethod = nil
      authentication = .none
    }
    self.pingTimeout = pingTimeout
    broker = BrokerLimits()
    outgoingAliases.removeAll()
    incomingAliases.removeAll()
    answers.removeAll()
    newIncomingQoS2.removeAll()
    arriving = nil
    wasAccepted = false
    keepAlive = KeepAliveTimer(seconds: 0, at: now)
    state = .connecting
  }

  /// Takes CONNACK.
  public mutating func receive(_ packet: borrowing ConnAckPacket, at now: UInt64) throws(MQTTViolation) -> ConnectResult
  {
    // [MQTT-3.2.0-2]
    guard state == .connecting else { throw .unexpectedPacket(.connAck) }
    let properties = packet.properties
    guard packet.isAccepted else { return .refused }
    if packet.isSessionPresent {
      // [MQTT-3.2.2-2], in 3.1.1 [MQTT-3.2.2-1]
      guard !isCleanStart else { throw .sessionPresentUnexpected }
      // [MQTT-3.2.2-4]; 3.1.1 has no such rule
      guard hasSession || version == .mqtt311 else { throw .sessionPresentUnexpected }
    }
    try checkAccepted(properties)

    let lost = !packet.isSessionPresent && (hasSession || outgoing.hasMessages || incomingQoS2.count > 0)
    if !packet.isSessionPresent { discard() }
    broker = BrokerLimits(properties)
    if version == .mqtt311 { broker.receiveMaximum = limits.unannouncedReceiveMaximum }
    expiryInterval = properties.integer(.sessionExpiryInterval) ?? connectExpiry
    hasSession = true
    wasAccepted = true
    // [MQTT-3.1.2-21], [MQTT-3.2.2-21]
    let seconds = properties.integer(.serverKeepAlive).map { UInt16(truncatingIfNeeded: $0) } ?? connectKeepAlive
    keepAlive = KeepAliveTimer(seconds: seconds, pingTimeout: pingTimeout, at: now)
    outgoing.beginConnection()
    resendsAreNew = !packet.isSessionPresent
    isResumed = packet.isSessionPresent
    if authentication != .none { authentication = .done }
    state = .connected
    return packet.isSessionPresent ? .resumed : .new(lost: lost)
  }

  private func checkAccepted(_ properties: borrowing PropertyList) throws(MQTTViolation) {
    guard version == .mqtt5 else { return }
    // [MQTT-3.2.2-16]
    guard !clientGaveNoIdentifier || properties.bytes(.assignedClientIdentifier) != nil else {
      throw .assignedClientIdentifierMissing
    }
    // [MQTT-4.12.0-5], [MQTT-4.12.0-6]
    guard hasRightMethod(properties) else { throw .authenticationMethodChanged }
    // [MQTT-3.1.2-28]
    guard wantsResponseInformation || properties.bytes(.responseInformation) == nil else {
      throw .responseInformationNotRequested
    }
  }

  /// Says that this side has a session from before though nothing was restored: its subscriptions are known to exist at
  /// the broker. Without it a broker that has a session is refused in MQTT 5.0 ([MQTT-3.2.2-4]).
  public mutating func assumeSession() throws(SessionRefusal) {
    try require(.idle)
    hasSession = true
  }

  /// Notes DISCONNECT, which is to be sent as soon as this returns; close the connection behind it ([MQTT-3.14.4-2]).
  public mutating func disconnect(_ packet: borrowing DisconnectPacket) throws(SessionRefusal) {
    guard state == .connected || state == .connecting else { throw .notInThisState }
    if let expiry = packet.properties.integer(.sessionExpiryInterval) {
      // 3.14.2.2.2
      guard connectExpiry != 0 || expiry == 0 else { throw .sessionExpiryNotAllowed }
      expiryInterval = expiry
    }
    state = .closing
  }

  /// Takes DISCONNECT: the broker closes the connection, and says why.
  public mutating func receive(_ packet: borrowing DisconnectPacket) throws(MQTTViolation) {
    // [MQTT-3.14.0-1]
    try expectConnected(.disconnect)
    state = .closing
  }

  /// Notes that the connection is over, however it ended.
  ///
  /// - Returns: `sessionDone` where the session ended with it (3.1.2.11.2; in 3.1.1 a clean session); with `keepsMessages`
  ///   `sessionLost`.
  public mutating func connectionEnded(at now: UInt64) -> StoreRecord? {
    guard state != .idle else { return nil }
    state = .idle
    arriving = nil
    answers.removeAll()
    endedAt = now
    guard wasAccepted, expiryInterval == 0 else { return nil }
    discard()
    return keepsMessages ? .sessionLost : .sessionDone
  }

  /// Whether the session expiry interval has passed since the connection ended, so that the broker has forgotten the
  /// session.
  public func isExpired(at now: UInt64) -> Bool {
    guard state == .idle, let endedAt, expiryInterval != .max else { return false }
    return now >= endedAt + UInt64(expiryInterval) * 1000
  }
}
