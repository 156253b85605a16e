public import MQTTProtocol

/// What a client tells its application, in the callback. What it holds is lent for the call.
///
/// Zephyr's `struct mqtt_evt`.
public enum MQTTEvent: ~Escapable {
  /// The broker's answer to CONNECT. One that refuses is followed by `disconnect`.
  case connAck(ConnAckPacket, ClientSession.ConnectResult)
  /// The connection is over. Nil: the application asked for it. Nothing else comes until `connect`.
  case disconnect(MQTTError?)
  /// A message, with its topic also where an alias stood for it. Its payload, `payloadLength` bytes, is to be read by
  /// `readPublishPayload`, in the callback or after it; until it has been read nothing else is received.
  case publish(PublishPacket)
  /// A message of QoS 1 has arrived at the broker, or was refused by it: see the reason code.
  case pubAck(PublishAcknowledgement)
  /// A message of QoS 2 has arrived at the broker. Where the reason code is an error it was refused, and that is the end
  /// of it.
  case pubRec(PublishAcknowledgement)
  /// The broker has released a message of QoS 2 that came here.
  case pubRel(PublishAcknowledgement)
  /// A message of QoS 2 is done.
  case pubComp(PublishAcknowledgement)
  case subAck(SubscriptionAcknowledgement)
  case unsubAck(SubscriptionAcknowledgement)
  case pingResp
  /// The broker's step in an enhanced authentication: see `MQTTClient.authenticate`.
  case auth(AuthPacket, ClientSession.AuthenticationStep)
  /// A message of an earlier connection cannot be sent to this broker any more, and is given up: it has smaller limits
  /// now.
  case abandoned(identifier: UInt16, SessionRefusal)
}
