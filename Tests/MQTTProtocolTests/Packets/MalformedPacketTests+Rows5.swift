import MQTTProtocol

extension MalformedPacketTests {
  /// The rules of MQTT 5.0, chapter by chapter.
  static let rows5 =
    fields5 + connect5Rows + connAck5Rows + publish5Rows + acknowledgement5Rows + subscribe5Rows + ending5Rows

  static let fields5: [Row] = [
    Row("MQTT-1.5.4-1", .broker5, publish5(0x30, noText), .textNotUTF8),
    Row("MQTT-1.5.4-2", .broker5, publish5(0x30, null), .textHasNull),
    Row("MQTT-1.5.5-1", .broker5, [0x30, 0x84, 0x00, 0, 1, 0x74, 0], .variableByteIntegerNotMinimal),
    Row("MQTT-1.5.5-1", .broker5, packet(0x30, "t".bytes.field + [0x80, 0]), .variableByteIntegerNotMinimal),
    Row("MQTT-1.5.5-1", .broker5, publish5(properties: [0x81, 0x00, 0]), .variableByteIntegerNotMinimal),
    Row("1.5.5", .broker5, [0x30, 0xFF, 0xFF, 0xFF, 0xFF], .variableByteIntegerTooLong),
    Row("1.5.5", .broker5, publish5(properties: [0x0B, 0xFF, 0xFF, 0xFF, 0xFF, 1]), .variableByteIntegerTooLong),
    Row("MQTT-1.5.7-1", .broker5, publish5(properties: [0x26] + noText.field + [0, 0]), .textNotUTF8),
    Row("MQTT-1.5.7-1", .broker5, publish5(properties: [0x26, 0, 0] + null.field), .textHasNull),
    Row("2.1.2", .broker5, [0x00], .reservedPacketType(0)),
    Row("2.1.2", .broker5, [0x82], .wrongDirection(.subscribe), .protocolError),
    Row("2.1.2", .client5, [0x90], .wrongDirection(.subAck), .protocolError),
    Row("MQTT-2.1.3-1", .broker5, [0xD1], .reservedFlags(.pingResp, 1)),
    Row(
      "MQTT-2.2.1-3", .client5, packet(0x32, "t".bytes.field + [0, 0, 0]), .packetIdentifierZero, .protocolError),
    Row("MQTT-2.2.1-3", .client5, packet(0x82, [0, 0, 0, 0, 1, 0x61, 0]), .packetIdentifierZero, .protocolError),
    Row("MQTT-2.2.1-3", .client5, packet(0xA2, [0, 0, 0, 0, 1, 0x61]), .packetIdentifierZero, .protocolError),
    Row(
      "MQTT-2.2.1-4", .broker5, packet(0x34, "t".bytes.field + [0, 0, 0]), .packetIdentifierZero, .protocolError),
    Row("MQTT-2.2.1-5", .broker5, packet(0x40, [0, 0]), .packetIdentifierZero, .protocolError),
    Row("MQTT-2.2.1-5", .broker5, packet(0x50, [0, 0]), .packetIdentifierZero, .protocolError),
    Row("MQTT-2.2.1-5", .broker5, packet(0x62, [0, 0]), .packetIdentifierZero, .protocolError),
    Row("MQTT-2.2.1-5", .broker5, packet(0x70, [0, 0]), .packetIdentifierZero, .protocolError),
    Row("MQTT-2.2.1-6", .broker5, packet(0x90, [0, 0, 0, 0]), .packetIdentifierZero, .protocolError),
    Row("MQTT-2.2.1-6", .broker5, packet(0xB0, [0, 0, 0, 0]), .packetIdentifierZero, .protocolError),
    Row("MQTT-2.2.2-1", .broker5, packet(0x30, "t".bytes.field), .truncated),
    Row("MQTT-2.2.2-1", .client5, packet(0x82, [0, 1] + "t".bytes.field + [0]), .truncated),
    Row("MQTT-2.2.2-1", .broker5, [0x20, 2, 0, 0], .remainingLengthImpossible(.connAck, 2)),
    Row("2.2.2.2", .broker5, publish5(properties: [0x7F]), .propertyUnknown(0x7F)),
    Row("2.2.2.2", .broker5, publish5(properties: [0x80, 0x02, 0]), .propertyUnknown(256)),
    Row("2.2.2.2", .broker5, publish5(properties: [0x21, 0, 1]), .propertyNotAllowed(.receiveMaximum)),
    Row("2.2.2.2", .broker5, publish5(properties: [0x02, 0, 0]), .truncated),
  ]

  static let connect5Rows: [Row] = [
    Row("MQTT-3.1.2-1", .client5, connect5(name: "MQIsdp"), .protocolName, .unsupportedProtocolVersion),
    Row("MQTT-3.1.2-1", .client5, connect5(name: "mqtt"), .protocolName, .unsupportedProtocolVersion),
    Row("MQTT-3.1.2-2", .client5, connect5(level: 6), .protocolVersion(6), .unsupportedProtocolVersion),
    Row("MQTT-3.1.2-3", .client5, connect5(flags: 3), .connectReservedFlag),
    Row("MQTT-3.1.2-9", .client5, connect5(flags: 6, truncatedWill), .truncated),
    Row("MQTT-3.1.2-9", .client5, connect5(flags: 6, "c".bytes.field), .truncated),
    Row("MQTT-3.1.2-11", .client5, connect5(flags: 0x0A), .willFlagsWithoutWill),
    Row("MQTT-3.1.2-12", .client5, connect5(flags: 0x1E, truncatedWill + [0, 0]), .willQoS3),
    Row("MQTT-3.1.2-13", .client5, connect5(flags: 0x22), .willFlagsWithoutWill),
    Row("MQTT-3.1.2-16", .client5, connect5("c".bytes.field + "u".bytes.field), .trailingBytes(3)),
    Row("MQTT-3.1.2-17", .client5, connect5(flags: 0x82), .truncated),
    Row(
      "MQTT-3.1.2-18", .client5, connect5(flags: 0x82, "c".bytes.field + "u".bytes.field + "p".bytes.field),
      .trailingBytes(3)),
    Row("MQTT-3.1.2-19", .client5, connect5(flags: 0x42), .truncated),
    Row("MQTT-3.1.3-3", .client5, connect5([]), .remainingLengthImpossible(.connect, 11)),
    Row("MQTT-3.1.3-4", .client5, connect5(noText.field), .textNotUTF8),
    Row("MQTT-3.1.3-11", .client5, connect5(flags: 6, "c".bytes.field + [0] + noText.field + [0, 0]), .textNotUTF8),
    Row("MQTT-3.1.3-12", .client5, connect5(flags: 0x82, "c".bytes.field + noText.field), .textNotUTF8),
    Row(
      "3.1.3.3", .client5, connect5(flags: 6, "c".bytes.field + [0] + "a/#".bytes.field + [0, 0]), .topicNameWildcard,
      .topicNameInvalid),
    Row(
      "MQTT-4.7.3-1", .client5, connect5(flags: 6, "c".bytes.field + [0] + [0, 0] + [0, 0]), .topicNameEmpty,
      .protocolError),
    Row(
      "MQTT-4.7.3-2", .client5, connect5(flags: 6, "c".bytes.field + [0] + null.field + [0, 0]), .textHasNull),
    Row(
      "3.1.2.11.2", .client5, connect5(properties: [0x11, 0, 0, 0, 1, 0x11, 0, 0, 0, 1]),
      .propertyTwice(.sessionExpiryInterval), .protocolError),
    Row(
      "3.1.2.11.3", .client5, connect5(properties: [0x21, 0, 0]), .propertyValue(.receiveMaximum, 0), .protocolError),
    Row(
      "3.1.2.11.4", .client5, connect5(properties: [0x27, 0, 0, 0, 0]), .propertyValue(.maximumPacketSize, 0),
      .protocolError),
    Row(
      "3.1.2.11.6", .client5, connect5(properties: [0x19, 2]), .propertyValue(.requestResponseInformation, 2),
      .protocolError),
    Row(
      "3.1.2.11.7", .client5, connect5(properties: [0x17, 2]), .propertyValue(.requestProblemInformation, 2),
      .protocolError),
    Row("3.1.2.11.10", .client5, connect5(properties: [0x16, 0, 1, 0]), .authenticationMethodMissing, .protocolError),
    Row("3.1.3.2", .client5, connect5(properties: [0x18, 0, 0, 0, 1]), .propertyNotAllowed(.willDelayInterval)),
    Row(
      "3.1.3.2", .client5, connect5(flags: 6, "c".bytes.field + [5, 0x11, 0, 0, 0, 1] + "w".bytes.field + [0, 0]),
      .propertyNotAllowed(.sessionExpiryInterval)),
    Row(
      "3.1.3.2.3", .client5, connect5(flags: 6, "c".bytes.field + [2, 0x01, 2] + "w".bytes.field + [0, 0]),
      .propertyValue(.payloadFormatIndicator, 2), .protocolError),
  ]

  static let connAck5Rows: [Row] = [
    Row("MQTT-3.2.2-1", .broker5, connAck5([], flags: 2), .connAckReservedFlags(2)),
    Row("MQTT-3.2.2-6", .broker5, connAck5([], flags: 1, code: 0x87), .sessionPresentWithRefusal, .protocolError),
    Row("MQTT-3.2.2-8", .broker5, connAck5([], code: 0x04), .reasonCodeNotAllowed(.connAck, 4), .protocolError),
    Row("3.2.2.3.3", .broker5, connAck5([0x21, 0, 0]), .propertyValue(.receiveMaximum, 0), .protocolError),
    Row("3.2.2.3.4", .broker5, connAck5([0x24, 2]), .propertyValue(.maximumQoS, 2), .protocolError),
    Row("3.2.2.3.5", .broker5, connAck5([0x25, 2]), .propertyValue(.retainAvailable, 2), .protocolError),
    Row("3.2.2.3.6", .broker5, connAck5([0x27, 0, 0, 0, 0]), .propertyValue(.maximumPacketSize, 0), .protocolError),
    Row("3.2.2.3.7", .broker5, connAck5([0x12] + noText.field), .textNotUTF8),
    Row("3.2.2.3.8", .broker5, connAck5([0x22, 0, 1, 0x22, 0, 1]), .propertyTwice(.topicAliasMaximum), .protocolError),
    Row(
      "3.2.2.3.11", .broker5, connAck5([0x28, 2]), .propertyValue(.wildcardSubscriptionAvailable, 2), .protocolError),
    Row(
      "3.2.2.3.12", .broker5, connAck5([0x29, 2]), .propertyValue(.subscriptionIdentifierAvailable, 2), .protocolError),
    Row("3.2.2.3.13", .broker5, connAck5([0x2A, 2]), .propertyValue(.sharedSubscriptionAvailable, 2), .protocolError),
    Row("3.2.2.3.14", .broker5, connAck5([0x13, 0, 1, 0x13, 0, 1]), .propertyTwice(.serverKeepAlive), .protocolError),
  ]

  static let publish5Rows: [Row] = [
    Row("MQTT-3.3.1-2", .broker5, publish5(0x38), .dupOnQoS0),
    Row("MQTT-3.3.1-4", .broker5, publish5(0x36), .publishQoS3),
    Row("MQTT-3.3.2-1", .broker5, publish5(0x30, noText), .textNotUTF8),
    Row("MQTT-3.3.2-2", .broker5, publish5(0x30, "a/+".bytes), .topicNameWildcard, .topicNameInvalid),
    Row("MQTT-4.7.0-1", .client5, publish5(0x30, "a/#".bytes), .topicNameWildcard, .topicNameInvalid),
    Row("MQTT-4.7.3-2", .broker5, publish5(0x30, null), .textHasNull),
    Row("3.3.2.1", .broker5, publish5(0x30, []), .topicNameEmpty, .protocolError),
    Row(
      "3.3.2.3.2", .broker5, publish5(properties: [0x01, 2]), .propertyValue(.payloadFormatIndicator, 2), .protocolError
    ),
    Row(
      "3.3.2.3.3", .broker5, publish5(properties: [0x02, 0, 0, 0, 1, 0x02, 0, 0, 0, 1]),
      .propertyTwice(.messageExpiryInterval), .protocolError),
    Row("MQTT-3.3.2-8", .broker5, publish5(properties: [0x23, 0, 0]), .topicAliasInvalid(0), .topicAliasInvalid),
    Row(
      "3.3.2.3.4", .broker5, publish5(properties: [0x23, 0, 1, 0x23, 0, 1]), .propertyTwice(.topicAlias), .protocolError
    ),
    Row("MQTT-3.3.2-13", .broker5, publish5(properties: [0x08] + noText.field), .textNotUTF8),
    Row(
      "MQTT-3.3.2-14", .broker5, publish5(properties: [0x08] + "a/#".bytes.field), .responseTopicWildcard,
      .protocolError),
    Row("MQTT-4.7.3-1", .broker5, publish5(properties: [0x08, 0, 0]), .topicNameEmpty, .protocolError),
    Row(
      "3.3.2.3.5", .broker5, publish5(properties: [0x08] + "a".bytes.field + [0x08] + "a".bytes.field),
      .propertyTwice(.responseTopic), .protocolError),
    Row(
      "3.3.2.3.6", .broker5, publish5(properties: [0x09, 0, 0, 0x09, 0, 0]), .propertyTwice(.correlationData),
      .protocolError),
    Row(
      "3.3.2.3.8", .broker5, publish5(properties: [0x0B, 0]), .propertyValue(.subscriptionIdentifier, 0), .protocolError
    ),
    Row("MQTT-3.3.2-19", .broker5, publish5(properties: [0x03] + null.field), .textHasNull),
    Row(
      "3.3.2.3.9", .broker5, publish5(properties: [0x03, 0, 0, 0x03, 0, 0]), .propertyTwice(.contentType),
      .protocolError),
    Row("MQTT-3.3.4-6", .client5, publish5(properties: [0x0B, 1]), .subscriptionIdentifierFromClient, .protocolError),
    Row("3.3.2", .broker5, packet(0x30, [0, 1]), .remainingLengthImpossible(.publish, 2)),
    Row("3.3.2", .broker5, packet(0x30, [0, 5, 0x61]), .truncated),
    Row("3.3.2", .broker5, packet(0x32, "t".bytes.field + [0]), .truncated),
    Row("3.3.2.3.1", .broker5, packet(0x30, "t".bytes.field + [9, 0x01]), .truncated),
  ]

  static let acknowledgement5Rows: [Row] = [
    Row("MQTT-3.4.2-1", .broker5, packet(0x40, [0, 1, 0x92]), .reasonCodeNotAllowed(.pubAck, 0x92), .protocolError),
    Row("MQTT-3.5.2-1", .broker5, packet(0x50, [0, 1, 0x01]), .reasonCodeNotAllowed(.pubRec, 1), .protocolError),
    Row("MQTT-3.6.1-1", .broker5, [0x60], .reservedFlags(.pubRel, 0)),
    Row("MQTT-3.6.2-1", .broker5, packet(0x62, [0, 1, 0x10]), .reasonCodeNotAllowed(.pubRel, 0x10), .protocolError),
    Row("MQTT-3.7.2-1", .broker5, packet(0x70, [0, 1, 0x80]), .reasonCodeNotAllowed(.pubComp, 0x80), .protocolError),
    Row(
      "3.4.2.2", .broker5, packet(0x40, [0, 1, 0, 8, 0x1F, 0, 1, 0x61, 0x1F, 0, 1, 0x61]),
      .propertyTwice(.reasonString), .protocolError),
    Row("3.4.2.2", .broker5, packet(0x40, [0, 1, 0, 0, 0]), .trailingBytes(1)),
    Row("3.4.2.2.2", .broker5, packet(0x40, [0, 1, 0, 3, 0x23, 0, 1]), .propertyNotAllowed(.topicAlias)),
  ]

  static let subscribe5Rows: [Row] = [
    Row("MQTT-3.8.1-1", .client5, [0x80], .reservedFlags(.subscribe, 0)),
    Row("MQTT-3.8.3-1", .client5, subscribe5(noText.field + [0]), .textNotUTF8),
    Row("MQTT-3.8.3-2", .client5, subscribe5([]), .emptyList(.subscribe), .protocolError),
    Row("MQTT-3.8.3-4", .client5, subscribe5("$share/g/t".bytes.field + [4]), .noLocalOnShared, .protocolError),
    Row("MQTT-3.8.3-5", .client5, subscribe5("t".bytes.field + [0x40]), .subscriptionOptionsReserved(0x40)),
    Row("MQTT-3.8.3-5", .client5, subscribe5("t".bytes.field + [0x80]), .subscriptionOptionsReserved(0x80)),
    Row("3.8.3.1", .client5, subscribe5("t".bytes.field + [3]), .subscriptionQoS3, .protocolError),
    Row("3.8.3.1", .client5, subscribe5("t".bytes.field + [0x30]), .retainHandling3, .protocolError),
    Row(
      "3.8.2.1.2", .client5, subscribe5("t".bytes.field + [0], properties: [0x0B, 0]),
      .propertyValue(.subscriptionIdentifier, 0), .protocolError),
    Row(
      "3.8.2.1.2", .client5, subscribe5("t".bytes.field + [0], properties: [0x0B, 1, 0x0B, 1]),
      .propertyTwice(.subscriptionIdentifier), .protocolError),
    Row("3.8.3", .client5, subscribe5("t".bytes.field), .truncated),
    Row("MQTT-4.7.1-1", .client5, subscribe5("a#".bytes.field + [0]), .multiLevelWildcardNotLast, .topicFilterInvalid),
    Row(
      "MQTT-4.7.1-2", .client5, subscribe5("a+".bytes.field + [0]), .singleLevelWildcardNotAlone, .topicFilterInvalid),
    Row("MQTT-4.7.3-1", .client5, subscribe5([0, 0, 0]), .topicFilterEmpty, .topicFilterInvalid),
    Row("MQTT-4.7.3-1", .client5, packet(0xA2, [0, 1, 0, 0, 0]), .topicFilterEmpty, .topicFilterInvalid),
    Row("MQTT-4.7.3-2", .client5, subscribe5(null.field + [0]), .textHasNull),
    Row("MQTT-4.7.3-2", .client5, packet(0xA2, [0, 1, 0] + null.field), .textHasNull),
    Row("MQTT-4.8.2-1", .client5, subscribe5("$share//a".bytes.field + [0]), .shareNameEmpty, .topicFilterInvalid),
    Row("MQTT-4.8.2-2", .client5, subscribe5("$share/+/a".bytes.field + [0]), .shareNameWildcard, .topicFilterInvalid),
    Row("MQTT-4.8.2-2", .client5, subscribe5("$share/g".bytes.field + [0]), .sharedFilterMissing, .topicFilterInvalid),
    Row("MQTT-3.8.4-6", .broker5, packet(0x90, [0, 1, 0]), .emptyList(.subAck), .protocolError),
    Row("MQTT-3.9.3-2", .broker5, packet(0x90, [0, 1, 0, 3]), .reasonCodeNotAllowed(.subAck, 3), .protocolError),
    Row("MQTT-3.10.1-1", .client5, [0xA0], .reservedFlags(.unsubscribe, 0)),
    Row("MQTT-3.10.3-1", .client5, packet(0xA2, [0, 1, 0] + noText.field), .textNotUTF8),
    Row("MQTT-3.10.3-2", .client5, packet(0xA2, [0, 1, 0]), .emptyList(.unsubscribe), .protocolError),
    Row("MQTT-3.11.3-2", .broker5, packet(0xB0, [0, 1, 0]), .emptyList(.unsubAck), .protocolError),
    Row("MQTT-3.11.3-2", .broker5, packet(0xB0, [0, 1, 0, 1]), .reasonCodeNotAllowed(.unsubAck, 1), .protocolError),
  ]

  static let ending5Rows: [Row] = [
    Row("3.12", .client5, [0xC0, 1], .remainingLengthImpossible(.pingReq, 1)),
    Row("3.13", .broker5, [0xD0, 1], .remainingLengthImpossible(.pingResp, 1)),
    Row("MQTT-3.14.1-1", .broker5, [0xE1], .reservedFlags(.disconnect, 1)),
    Row("MQTT-3.14.2-1", .broker5, packet(0xE0, [0x01]), .reasonCodeNotAllowed(.disconnect, 1), .protocolError),
    Row("3.14.2.1", .broker5, packet(0xE0, [0x04]), .reasonCodeNotAllowed(.disconnect, 4), .protocolError),
    Row("3.14.2.1", .client5, packet(0xE0, [0x8B]), .reasonCodeNotAllowed(.disconnect, 0x8B), .protocolError),
    Row(
      "MQTT-3.14.2-2", .broker5, packet(0xE0, [0, 5, 0x11, 0, 0, 0, 1]), .propertyNotAllowed(.sessionExpiryInterval)),
    Row("3.14.2.2.5", .client5, packet(0xE0, [0, 4, 0x1C, 0, 1, 0x61]), .propertyNotAllowed(.serverReference)),
    Row("MQTT-3.15.1-1", .broker5, [0xF1], .reservedFlags(.auth, 1)),
    Row("MQTT-3.15.2-1", .broker5, packet(0xF0, [0x19, 0]), .reasonCodeNotAllowed(.auth, 0x19), .protocolError),
    Row("3.15.2.1", .client5, packet(0xF0, [0x00, 0]), .reasonCodeNotAllowed(.auth, 0), .protocolError),
    Row("3.15.2.2.2", .broker5, packet(0xF0, [0x18, 0]), .authenticationMethodMissing, .protocolError),
    Row("3.15.2.1", .broker5, packet(0xF0, [0x18]), .truncated),
  ]
}
