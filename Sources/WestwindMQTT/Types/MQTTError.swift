public import MQTTProtocol
public import SystemPackage
public import WestwindConnecting

/// What went wrong with MQTT, so that a caller can tell its own mistake from the broker's, and both from the network's.
/// `description` is one line that names the cause.
public enum MQTTError: Error, Sendable {
  /// You called it wrong; nothing was sent, and the connection is as it was. Mend the call.
  case invalidArgument(InvalidArgument)
  /// The session does not let this be sent now, or at all; nothing was sent. The refusal says what to wait for.
  case refused(SessionRefusal)
  /// There is no connection, or CONNACK has not come yet.
  case notConnected
  /// There is a connection already.
  case alreadyConnected
  /// The call may not be made from within the event callback.
  case insideCallback
  /// A message's payload is still to be read. Read it, or skip it.
  case payloadUnread(remaining: Int)
  /// This Kconfig symbol is off in this build.
  case notSupported(symbol: String)

  // From here on the connection is over, and the event `disconnect` has told so.

  /// The transport failed.
  case transport(MQTTTransportError)
  /// The broker did not take this client in: its CONNACK said why. Among the properties of MQTT 5.0 may be a
  /// `reasonString`, a `serverReference` that names the broker to go to, and user properties.
  case connectionRefused(ReasonCode, version: MQTTVersion, properties: MQTTProperties)
  /// CONNACK did not come in time.
  case noConnAck
  /// The answer to PINGREQ did not come in time: nobody is there.
  case keepAliveExpired
  /// The broker broke the protocol; DISCONNECT with the violation's reason code has been sent in MQTT 5.0.
  case violation(MQTTViolation)
  /// The broker of MQTT 5.0 ended the connection by DISCONNECT. The properties are as those of `connectionRefused`.
  case disconnected(ReasonCode, properties: MQTTProperties)
  /// The store failed, so nothing may be promised to the broker any more.
  case store(MQTTStoreError)
  /// A payload's source failed in the middle of a packet.
  case payloadSource(String)
  /// The application called `abort`.
  case aborted
  /// The system refused something that was needed.
  case system(Errno)

  /// A mistake in a call.
  public enum InvalidArgument: Error, Sendable, Hashable {
    case url(ServerURLError)
    /// A number in the configuration is none of these; `connect`, or an agent's `start`, finds that out.
    case outOfRange(String, minimum: Int, maximum: Int)
    /// A duration in the configuration is negative: this one.
    case durationNegative(String)
    case packet(PacketEncodingError)
    case property(PropertyList.AppendError)
    /// A store that outlives the process cannot keep a payload that it does not have.
    case payloadSourceNotKept
  }
}
