/// Why the session does not let something be sent. It is the caller who asked for it; nothing has changed.
public enum SessionRefusal: Error, Sendable, Hashable {
  /// Not now: no connection, one already, CONNACK still to come, or DISCONNECT sent.
  case notInThisState
  /// The packet breaks the protocol by itself.
  case violation(MQTTViolation)
  /// As many packets wait for their answers as the session has room for. Wait for one.
  case noFreeIdentifier
  /// The identifier that the caller chose is 0, or that of a packet that waits for its answer ([MQTT-2.2.1-3]).
  case identifierNotFree(UInt16)
  /// As many messages wait for their answers as the broker takes ([MQTT-3.3.4-7]). Wait for one.
  case windowFull(Int)
  /// Messages of the connection before are still to be sent again, and order is kept. Call `nextResend`.
  case resendFirst
  /// The packet is larger than the broker takes, in bytes ([MQTT-3.2.2-15]).
  case packetTooLarge(size: Int, limit: Int)
  /// The broker's maximum QoS is lower ([MQTT-3.2.2-11]).
  case qosNotSupported(QoS)
  /// The broker keeps no retained messages ([MQTT-3.2.2-14]).
  case retainNotSupported
  /// The broker has no wildcard subscriptions (3.2.2.3.11).
  case wildcardSubscriptionsNotSupported
  /// The broker has no subscription identifiers (3.2.2.3.12).
  case subscriptionIdentifiersNotSupported
  /// The broker has no shared subscriptions (3.2.2.3.13).
  case sharedSubscriptionsNotSupported
  /// A topic alias over the broker's maximum ([MQTT-3.3.2-9], [MQTT-3.2.2-18]).
  case topicAliasTooGreat(UInt16, limit: UInt16)
  /// An alias without a topic that was not given one on this connection ([MQTT-3.3.2-7]).
  case topicAliasUnknown(UInt16)
  /// Another message is to be answered first: PUBACK and PUBREC keep the order of the messages ([MQTT-4.6.0-2],
  /// [MQTT-4.6.0-3]). Nil: none waits for an answer.
  case answerOutOfOrder(first: UInt16?)
  /// A reason code that the answer cannot carry, or that 3.1.1 does not have.
  case reasonCode(ReasonCode)
  /// A session expiry interval on DISCONNECT where CONNECT had none (3.14.2.2.2).
  case sessionExpiryNotAllowed
  /// AUTH without an authentication method in CONNECT, with another method, or out of turn ([MQTT-4.12.0-7],
  /// [MQTT-4.12.1-1]).
  case authenticationNotAllowed
  /// CONNECT announces more than the session has room for: receive maximum.
  case receiveMaximumBeyondLimit(Int)
  /// CONNECT announces more than the session has room for: topic alias maximum.
  case topicAliasMaximumBeyondLimit(Int)
  /// A record does not fit the session: an identifier past `SessionLimits.outgoing`, more than `SessionLimits.incoming`,
  /// an identifier twice, or outgoing ones not in their order.
  case recordDoesNotFit
}
