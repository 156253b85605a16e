extension MQTTViolation {
  /// What MQTT 5.0 answers with: in DISCONNECT, or in CONNACK where CONNECT was wrong (4.13).
  public var reasonCode: ReasonCode {
    switch self {
    // a packet that cannot be parsed (1.2, Malformed Packet)
    case .reservedPacketType, .reservedFlags, .publishQoS3, .dupOnQoS0, .variableByteIntegerTooLong,
      .variableByteIntegerNotMinimal, .remainingLengthImpossible, .truncated, .trailingBytes, .textNotUTF8,
      .textHasNull, .propertyUnknown, .propertyNotAllowed, .connectReservedFlag, .willFlagsWithoutWill, .willQoS3,
      .passwordWithoutUserName, .connAckReservedFlags, .subscriptionOptionsReserved:
      .malformedPacket
    // one that can, and says what may not be said (1.2, Protocol Error)
    case .wrongDirection, .packetIdentifierZero, .reasonCodeNotAllowed, .propertyTwice, .propertyValue,
      .authenticationMethodMissing, .authenticationMethodChanged, .responseTopicWildcard,
      .subscriptionIdentifierFromClient, .sessionPresentWithRefusal, .emptyList, .subscriptionQoS3, .retainHandling3,
      .noLocalOnShared, .unexpectedPacket, .sessionPresentUnexpected, .assignedClientIdentifierMissing,
      .responseInformationNotRequested, .problemInformationNotRequested, .topicAliasUnknown,
      .acknowledgementNotExpected, .reasonCodeCount, .packetIdentifierInUse, .topicNameEmpty:
      .protocolError
    case .packetTooLarge, .bufferTooSmall: .packetTooLarge
    case .topicNameWildcard: .topicNameInvalid
    case .topicFilterEmpty, .multiLevelWildcardNotLast, .singleLevelWildcardNotAlone, .shareNameEmpty,
      .shareNameWildcard, .sharedFilterMissing:
      .topicFilterInvalid
    case .protocolName, .protocolVersion: .unsupportedProtocolVersion
    case .clientIdentifierEmpty: .clientIdentifierNotValid
    case .topicAliasInvalid: .topicAliasInvalid
    case .receiveMaximumExceeded: .receiveMaximumExceeded
    case .aliasedTopicTooLong: .quotaExceeded
    }
  }

  /// What a broker says in the CONNACK of 3.1.1 before it closes; nil where it closes without a word.
  public var connectReturnCode: ConnectReturnCode? {
    switch self {
    case .protocolVersion: .unacceptableProtocolVersion  // [MQTT-3.1.2-2]
    case .clientIdentifierEmpty: .identifierRejected  // [MQTT-3.1.3-8]
    default: nil
    }
  }
}
