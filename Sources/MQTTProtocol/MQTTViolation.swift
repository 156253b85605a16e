/// What a packet, or its sender, did that the specification forbids.
///
/// A receiver in MQTT 5.0 answers with `reasonCode` in DISCONNECT, or in CONNACK where it was CONNECT that was wrong, and
/// closes the connection (4.13). In 3.1.1 it closes without a word ([MQTT-4.8.0-1]), but for the two of CONNECT's that
/// have a `connectReturnCode`. The rules behind each case are named where it is thrown.
public enum MQTTViolation: Error, Sendable, Hashable {
  // The fixed header.

  /// A packet type that has no meaning: 0, and in 3.1.1 also 15 (2.1.2).
  case reservedPacketType(UInt8)
  /// Flags other than those that the type demands (2.1.3).
  case reservedFlags(PacketType, UInt8)
  /// Both QoS bits of PUBLISH are set (3.3.1.2).
  case publishQoS3
  /// DUP on a message of QoS 0 (3.3.1.1).
  case dupOnQoS0
  /// A packet that only the other side may send (2.1.2).
  case wrongDirection(PacketType)
  /// A fifth byte of a variable byte integer (1.5.5).
  case variableByteIntegerTooLong
  /// A variable byte integer that fewer bytes could hold (1.5.5).
  case variableByteIntegerNotMinimal
  /// A remaining length that no packet of the type can have.
  case remainingLengthImpossible(PacketType, Int)
  /// A packet over the maximum packet size, both in bytes (3.1.2.11.4).
  case packetTooLarge(size: Int, limit: Int)
  /// A limit of this library's: a packet whose part before the payload does not fit the reader's buffer, in bytes.
  case bufferTooSmall(limit: Int)

  // Fields.

  /// A field that reaches past the packet's end.
  case truncated
  /// Bytes behind the packet's last field.
  case trailingBytes(Int)
  /// Text that is not UTF-8 (1.5.4).
  case textNotUTF8
  /// U+0000 in text (1.5.4).
  case textHasNull
  /// The packet identifier 0 (2.2.1).
  case packetIdentifierZero
  /// A reason code, or return code, that the packet cannot carry.
  case reasonCodeNotAllowed(PacketType, UInt8)

  // Properties (2.2.2).

  /// An identifier that is no property's.
  case propertyUnknown(Int)
  /// A property that has no place in this packet, or none from this side.
  case propertyNotAllowed(PropertyID)
  /// A property that may stand once and stands twice.
  case propertyTwice(PropertyID)
  /// A value that the property cannot have.
  case propertyValue(PropertyID, UInt32)
  /// Authentication data, or an AUTH packet, without an authentication method (3.1.2.11.10, 3.15.2.2.2).
  case authenticationMethodMissing
  /// A response topic with a wildcard (3.3.2.3.5).
  case responseTopicWildcard
  /// A subscription identifier in a client's PUBLISH (3.3.4).
  case subscriptionIdentifierFromClient

  // Topics (4.7, 4.8.2).

  /// A topic name of no characters.
  case topicNameEmpty
  /// A wildcard in a topic name.
  case topicNameWildcard
  /// A topic filter of no characters.
  case topicFilterEmpty
  /// `#` that is not a level of its own, or not the last.
  case multiLevelWildcardNotLast
  /// `+` that is not a level of its own.
  case singleLevelWildcardNotAlone
  /// `$share/` without a share name.
  case shareNameEmpty
  /// A wildcard in a share name.
  case shareNameWildcard
  /// A shared subscription without a filter behind the share name.
  case sharedFilterMissing

  // CONNECT (3.1).

  /// The protocol name is not `MQTT`.
  case protocolName
  /// A protocol version other than 4 and 5.
  case protocolVersion(UInt8)
  /// Bit 0 of the connect flags.
  case connectReservedFlag
  /// Will QoS or will retain without a will.
  case willFlagsWithoutWill
  /// Will QoS 3.
  case willQoS3
  /// A password without a user name, which 3.1.1 forbids.
  case passwordWithoutUserName
  /// An empty client identifier without a clean session, which 3.1.1 forbids.
  case clientIdentifierEmpty

  // CONNACK (3.2).

  /// Bits 1 to 7 of the acknowledge flags.
  case connAckReservedFlags(UInt8)
  /// Session present together with a refusal.
  case sessionPresentWithRefusal

  // SUBSCRIBE and UNSUBSCRIBE (3.8, 3.10).

  /// No topic filter, or in SUBACK and UNSUBACK no reason code.
  case emptyList(PacketType)
  /// Reserved bits of the subscription options.
  case subscriptionOptionsReserved(UInt8)
  /// A maximum QoS of 3.
  case subscriptionQoS3
  /// A retain handling of 3.
  case retainHandling3
  /// No local on a shared subscription.
  case noLocalOnShared

  // The session.

  /// A packet that has no place in the exchange now.
  case unexpectedPacket(PacketType)
  /// Session present, where the client asked for a clean start or has no session.
  case sessionPresentUnexpected
  /// No assigned client identifier for a client that gave none.
  case assignedClientIdentifierMissing
  /// An authentication method other than CONNECT's.
  case authenticationMethodChanged
  /// Response information that was not asked for.
  case responseInformationNotRequested
  /// A reason string or user property where the client asked for none.
  case problemInformationNotRequested(PacketType)
  /// A topic alias of 0, or over the maximum that the receiver announced.
  case topicAliasInvalid(UInt16)
  /// A topic alias that stands for nothing yet.
  case topicAliasUnknown(UInt16)
  /// More messages of QoS 1 and 2 without an answer than the receiver announced.
  case receiveMaximumExceeded(Int)
  /// An acknowledgement of another kind than the exchange asks for.
  case acknowledgementNotExpected(PacketType, UInt16)
  /// SUBACK or UNSUBACK with more or fewer reason codes than there were topic filters.
  case reasonCodeCount(expected: Int, received: Int)
  /// A packet identifier of QoS 1 or 2 whose PUBLISH was not yet answered came again on the same connection.
  case packetIdentifierInUse(UInt16)
  /// A limit of this library's: the topic behind an alias has more bytes than the session keeps.
  case aliasedTopicTooLong(Int, limit: Int)
}
