/// What a session that is to outlive the process must write down, and when.
///
/// The session keeps no message: whoever keeps the store keeps topic, payload and properties with the `publish` record.
/// Each record is to be safe in the store before the packet leaves, or the message is delivered, that it comes with.
/// After a start the records that were not removed are given back by `ClientSession.restore`: the outgoing ones by
/// ascending `order`, the incoming ones anyhow.
public enum StoreRecord: Sendable, Hashable {
  /// A message was given an identifier. Write it with the message, before PUBLISH leaves. The message is to be sent
  /// again until another record with the identifier takes the place of this one.
  case publish(identifier: UInt16, qos: QoS, order: UInt64)
  /// PUBREC has come: takes the place of `publish`; the message itself may be forgotten ([MQTT-4.3.3-5]). Write it
  /// before PUBREL leaves.
  case release(identifier: UInt16, order: UInt64)
  /// PUBACK or PUBCOMP has come, or the message is given up: takes away `publish` or `release`.
  case outgoingDone(identifier: UInt16)
  /// A message of QoS 2 has come whole. Write it before the message is delivered, or with it, and before PUBREC leaves.
  case incoming(identifier: UInt16)
  /// PUBREL has come, or the message was refused: takes away `incoming`. Write it before PUBCOMP leaves.
  case incomingDone(identifier: UInt16)
  /// The broker has lost the session, and `keepsMessages` is on: takes away `release` and `incoming`; each `publish`
  /// stays.
  case sessionLost
  /// The session is over: takes away everything.
  case sessionDone
}
