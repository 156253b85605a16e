public import MQTTProtocol

/// What an agent tells, on its own thread.
public enum MQTTAgentEvent: Sendable {
  /// CONNACK has come.
  case connected(isSessionPresent: Bool)
  /// The connection is over, or could not be had. Nil: by `stop`.
  case disconnected(MQTTError?)
  /// The next attempt is so far away.
  case reconnecting(in: Duration)
  /// A message. It is answered when the callback returns.
  case message(MQTTMessage)
  /// A message whose payload is over `maximumPayload`, so that it was let go by.
  case messageTooLarge(topic: String, payloadLength: Int)
  /// A message of an earlier connection, or process, that this broker does not take.
  case abandoned(SessionRefusal)
  /// The agent's thread has ended; nil: by `stop`. Nothing comes after this.
  case stopped(MQTTError?)
}
