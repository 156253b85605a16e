import MQTTProtocol
import Testing

/// Packets that break one rule each, numbered as in the specifications, and what is answered: the reason code of MQTT
/// 5.0. `Docs/MQTTProtocol.docc` tells which rules no bytes can break.
struct MalformedPacketTests {
  struct Row: CustomTestStringConvertible, Sendable {
    var rule: String
    var rules: PacketRules
    var bytes: [UInt8]
    var violation: MQTTViolation
    var reasonCode: ReasonCode

    init(
      _ rule: String, _ rules: PacketRules, _ bytes: [UInt8], _ violation: MQTTViolation,
      _ reasonCode: ReasonCode = .malformedPacket
    ) {
      self.rule = rule
      self.rules = rules
      self.bytes = bytes
      self.violation = violation
      self.reasonCode = reasonCode
    }

    var testDescription: String { "\(rule) (\(rules.version), \(violation))" }
  }

  // MARK: Parts of packets

  static func connect5(
    flags: UInt8 = 2, properties: [UInt8] = [], _ payload: [UInt8] = "c".bytes.field, name: String = "MQTT",
    level: UInt8 = 5
  ) -> [UInt8] {
    packet(0x10, name.bytes.field + [level, flags, 0, 10, UInt8(properties.count)] + properties + payload)
  }

  static func connect3(flags: UInt8 = 2, _ payload: [UInt8] = "c".bytes.field, level: UInt8 = 4) -> [UInt8] {
    packet(0x10, "MQTT".bytes.field + [level, flags, 0, 10] + payload)
  }

  static func publish5(_ first: UInt8 = 0x30, _ topic: [UInt8] = "t".bytes, properties: [UInt8] = []) -> [UInt8] {
    packet(first, topic.field + (first & 6 == 0 ? [] : [0, 1]) + [UInt8(properties.count)] + properties)
  }

  static func subscribe5(_ entries: [UInt8], properties: [UInt8] = []) -> [UInt8] {
    packet(0x82, [0, 1, UInt8(properties.count)] + properties + entries)
  }

  static func connAck5(_ properties: [UInt8], flags: UInt8 = 0, code: UInt8 = 0) -> [UInt8] {
    packet(0x20, [flags, code, UInt8(properties.count)] + properties)
  }

  static let noText: [UInt8] = [0x61, 0xED, 0xA0, 0x80]  // a surrogate
  static let null: [UInt8] = [0x61, 0]
  static let truncatedWill: [UInt8] = "c".bytes.field + [0] + "w".bytes.field

  // MARK: MQTT 5.0

  static let fields5: [Row] = [
    Row("MQTT-1.5.4-1", .broker5, publish5(0x30, noText), .textNotUTF8),
    Row("MQTT-1.5.4-2", .broker5, publish5(0x30, null), .textHasNull),
    Row("MQTT-1.5.5-1", .broker5, [0x30, 0x84, 0x00, 0, 1, 0x74, 0], .variableByteIntegerNotMinimal),
    Row("MQTT-1.5.5-1", .broker5, packet(0x30, "t".bytes.field + [0x80, 0]), .variableByteIntegerNotMinimal),
    Row("1.5.5", .broker5, [0x30, 0xFF, 0xFF, 0xFF, 0xFF], .variableByteIntegerTooLong),
    Row("MQTT-1.5.7-1", .broker5, publish5(properties: [0x26] + noText.field + [0, 0]), .textNotUTF8),
    Row("MQTT-1.5.7-1", .broker5, publish5(properties: [0x26, 0, 0] + null.field), .textHasNull),
    Row("2.1.2", .broker5, [0x00], .reservedPacketType(0)),
    Row("2.1.2", .broker5, [0x82], .wrongDirection(.subscribe), .protocolError),
    Row("2.1.2", .client5, [0x90], .wrongDirection(.subAck), .protocolError),
    Row("MQTT-2.1.3-1", .broker5, [0xD1], .reservedFlags(.pingResp, 1)),
    Row("MQTT-2.2.1-2", .broker5, packet(0x30, [0, 1]), .remainingLengthImpossible(.publish, 2)),
    Row(
      "MQTT-2.2.1-3", .broker5, packet(0x32, "t".bytes.field + [0, 0, 0]), .packetIdentifierZero, .protocolError),
    Row("MQTT-2.2.1-3", .client5, packet(0x82, [0, 0, 0, 0, 1, 0x61, 0]), .packetIdentifierZero, .protocolError),
    Row("MQTT-2.2.1-3", .client5, packet(0xA2, [0, 0, 0, 0, 1, 0x61]), .packetIdentifierZero, .protocolError),
    Row("MQTT-2.2.1-5", .broker5, packet(0x40, [0, 0]), .packetIdentifierZero, .protocolError),
    Row("MQTT-2.2.1-6", .broker5, packet(0x90, [0, 0, 0, 0]), .packetIdentifierZero, .protocolError),
    Row("MQTT-2.2.2-1", .broker5, packet(0x30, "t".bytes.field), .truncated),
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
    Row("MQTT-3.1.3-11", .client5, connect5(flags: 6, "c".bytes.field + [0] + null.field + [0, 0]), .textHasNull),
    Row("MQTT-3.1.3-12", .client5, connect5(flags: 0x82, "c".bytes.field + noText.field), .textNotUTF8),
    Row(
      "3.1.3.3", .client5, connect5(flags: 6, "c".bytes.field + [0] + "a/#".bytes.field + [0, 0]), .topicNameWildcard,
      .topicNameInvalid),
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
    Row("MQTT-4.7.3-2", .client5, subscribe5(null.field + [0]), .textHasNull),
    Row("MQTT-4.8.2-1", .client5, subscribe5("$share//a".bytes.field + [0]), .shareNameEmpty, .topicFilterInvalid),
    Row("MQTT-4.8.2-2", .client5, subscribe5("$share/+/a".bytes.field + [0]), .shareNameWildcard, .topicFilterInvalid),
    Row("MQTT-4.8.2-2", .client5, subscribe5("$share/g".bytes.field + [0]), .sharedFilterMissing, .topicFilterInvalid),
    Row("MQTT-3.8.4-6", .broker5, packet(0x90, [0, 1, 0]), .emptyList(.subAck), .protocolError),
    Row("MQTT-3.9.3-2", .broker5, packet(0x90, [0, 1, 0, 3]), .reasonCodeNotAllowed(.subAck, 3), .protocolError),
    Row("MQTT-3.10.1-1", .client5, [0xA0], .reservedFlags(.unsubscribe, 0)),
    Row("MQTT-3.10.3-1", .client5, packet(0xA2, [0, 1, 0] + noText.field), .textNotUTF8),
    Row("MQTT-3.10.3-2", .client5, packet(0xA2, [0, 1, 0]), .emptyList(.unsubscribe), .protocolError),
    Row("MQTT-3.11.3-1", .broker5, packet(0xB0, [0, 1, 0]), .emptyList(.unsubAck), .protocolError),
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

  // MARK: MQTT 3.1.1

  static let rows3: [Row] = [
    Row("MQTT-1.5.3-1", .broker3, packet(0x30, noText.field), .textNotUTF8),
    Row("MQTT-1.5.3-2", .broker3, packet(0x30, null.field), .textHasNull),
    Row("2.2.1", .broker3, [0xF0], .reservedPacketType(15)),
    Row("2.2.1", .broker3, [0xE0], .wrongDirection(.disconnect), .protocolError),
    Row("MQTT-2.2.2-1", .broker3, [0x21], .reservedFlags(.connAck, 1)),
    Row("MQTT-2.2.2-2", .client3, [0xC8], .reservedFlags(.pingReq, 8)),
    Row("2.2.3", .broker3, [0x30, 0x83, 0x00, 0, 1, 0x74], .variableByteIntegerNotMinimal),
    Row("MQTT-2.3.1-1", .client3, packet(0x82, [0, 0, 0, 1, 0x61, 0]), .packetIdentifierZero, .protocolError),
    Row("MQTT-2.3.1-5", .broker3, packet(0x30, [0]), .remainingLengthImpossible(.publish, 1)),
    Row(
      "MQTT-3.1.2-1", .client3, packet(0x10, "MQIsdp".bytes.field + [3, 2, 0, 0, 0, 0]), .protocolName,
      .unsupportedProtocolVersion),
    Row("MQTT-3.1.2-2", .client3, connect3(level: 3), .protocolVersion(3), .unsupportedProtocolVersion),
    Row("MQTT-3.1.2-3", .client3, connect3(flags: 3), .connectReservedFlag),
    Row("MQTT-3.1.2-11", .client3, connect3(flags: 0x2A), .willFlagsWithoutWill),
    Row("MQTT-3.1.2-13", .client3, connect3(flags: 0x0A), .willFlagsWithoutWill),
    Row("MQTT-3.1.2-14", .client3, connect3(flags: 0x1E, "c".bytes.field + "w".bytes.field + [0, 0]), .willQoS3),
    Row("MQTT-3.1.2-15", .client3, connect3(flags: 0x22), .willFlagsWithoutWill),
    Row("MQTT-3.1.2-19", .client3, connect3(flags: 0x82), .truncated),
    Row("MQTT-3.1.2-20", .client3, connect3("c".bytes.field + "p".bytes.field), .trailingBytes(3)),
    Row("MQTT-3.1.2-22", .client3, connect3(flags: 0x42, "c".bytes.field + "p".bytes.field), .passwordWithoutUserName),
    Row(
      "MQTT-3.1.3-3", .client3, packet(0x10, "MQTT".bytes.field + [4, 2, 0, 0]),
      .remainingLengthImpossible(.connect, 10)),
    Row("MQTT-3.1.3-4", .client3, connect3(noText.field), .textNotUTF8),
    Row("MQTT-3.1.3-7", .client3, connect3(flags: 0, [0, 0]), .clientIdentifierEmpty, .clientIdentifierNotValid),
    Row("MQTT-3.1.3-10", .client3, connect3(flags: 6, "c".bytes.field + noText.field + [0, 0]), .textNotUTF8),
    Row("MQTT-3.1.3-11", .client3, connect3(flags: 0x82, "c".bytes.field + noText.field), .textNotUTF8),
    Row("3.2.2.1", .broker3, packet(0x20, [2, 0]), .connAckReservedFlags(2)),
    Row("MQTT-3.2.2-4", .broker3, packet(0x20, [1, 5]), .sessionPresentWithRefusal, .protocolError),
    Row("3.2.2.3", .broker3, packet(0x20, [0, 6]), .reasonCodeNotAllowed(.connAck, 6), .protocolError),
    Row("MQTT-3.3.1-2", .broker3, packet(0x38, "t".bytes.field), .dupOnQoS0),
    Row("MQTT-3.3.1-4", .broker3, packet(0x36, "t".bytes.field + [0, 1]), .publishQoS3),
    Row("MQTT-3.3.2-1", .broker3, packet(0x30, noText.field), .textNotUTF8),
    Row("MQTT-3.3.2-2", .broker3, packet(0x30, "a/#".bytes.field), .topicNameWildcard, .topicNameInvalid),
    Row("MQTT-3.6.1-1", .broker3, [0x60], .reservedFlags(.pubRel, 0)),
    Row("MQTT-3.8.1-1", .client3, [0x80], .reservedFlags(.subscribe, 0)),
    Row("MQTT-3.8.3-1", .client3, packet(0x82, [0, 1] + noText.field + [0]), .textNotUTF8),
    Row("MQTT-3.8.3-3", .client3, packet(0x82, [0, 1]), .emptyList(.subscribe), .protocolError),
    Row("MQTT-3-8.3-4", .client3, packet(0x82, [0, 1] + "t".bytes.field + [4]), .subscriptionOptionsReserved(4)),
    Row("MQTT-3-8.3-4", .client3, packet(0x82, [0, 1] + "t".bytes.field + [3]), .subscriptionQoS3, .protocolError),
    Row("MQTT-3.9.3-2", .broker3, packet(0x90, [0, 1, 0x87]), .reasonCodeNotAllowed(.subAck, 0x87), .protocolError),
    Row("MQTT-3.8.4-5", .broker3, packet(0x90, [0, 1]), .emptyList(.subAck), .protocolError),
    Row("MQTT-3.10.1-1", .client3, [0xA0], .reservedFlags(.unsubscribe, 0)),
    Row("MQTT-3.10.3-1", .client3, packet(0xA2, [0, 1] + noText.field), .textNotUTF8),
    Row("MQTT-3.10.3-2", .client3, packet(0xA2, [0, 1]), .emptyList(.unsubscribe), .protocolError),
    Row("3.11", .broker3, packet(0xB0, [0, 1, 0]), .remainingLengthImpossible(.unsubAck, 3)),
    Row("MQTT-3.14.1-1", .client3, [0xE2], .reservedFlags(.disconnect, 2)),
    Row("MQTT-4.7.1-1", .client3, packet(0x30, "a/+".bytes.field), .topicNameWildcard, .topicNameInvalid),
    Row(
      "MQTT-4.7.1-2", .client3, packet(0x82, [0, 1] + "a#".bytes.field + [0]), .multiLevelWildcardNotLast,
      .topicFilterInvalid),
    Row(
      "MQTT-4.7.1-3", .client3, packet(0x82, [0, 1] + "a+".bytes.field + [0]), .singleLevelWildcardNotAlone,
      .topicFilterInvalid),
    Row("MQTT-4.7.3-1", .broker3, packet(0x30, [0, 0]), .topicNameEmpty, .protocolError),
    Row("MQTT-4.7.3-2", .broker3, packet(0x30, null.field), .textHasNull),
  ]

  static let rows =
    fields5 + connect5Rows + connAck5Rows + publish5Rows + acknowledgement5Rows + subscribe5Rows + ending5Rows + rows3

  @Test(arguments: rows) func `a packet that breaks one rule is refused with its reason code, however it is cut`(
    row: Row
  ) {
    for pieces in [[row.bytes], row.bytes.cutAtEveryByte] {
      #expect(received(pieces, under: row.rules).violation == row.violation)
    }
    #expect(row.violation.reasonCode == row.reasonCode)
  }

  @Test func `every property is refused wherever it has no place`() {
    for sender in PacketSender.allCases {
      for id in PropertyID.all {
        var random = SeededGenerator(seed: 5)
        let property = [OwnedProperty.random(id, using: &random)].encoded
        for type in PacketType.allCases where Fields.place(type) != [] {
          let rules = PacketRules(version: .mqtt5, sender: sender)
          guard type.mayBeSent(under: rules), type != .auth else { continue }
          let place = Fields.place(type)
          let isAllowed =
            PropertyDefinition(id)!.places.contains(place)
            && !(type == .disconnect && id == .sessionExpiryInterval && sender == .broker)
            && !(type == .disconnect && id == .serverReference && sender == .client)
          let first = type.rawValue << 4 | (type.fixedFlags ?? 0)
          let head: [UInt8] =
            type == .connAck
            ? [0, 0]
            : type == .disconnect ? [0] : [.pubAck, .pubRec, .pubRel, .pubComp].contains(type) ? [0, 1, 0] : [0, 1]
          let tail: [UInt8] =
            type == .subscribe
            ? "t".bytes.field + [0]
            : type == .unsubscribe ? "t".bytes.field : [.subAck, .unsubAck].contains(type) ? [0] : []
          let bytes = packet(first, head + [UInt8(property.count)] + property + tail)
          let violation = received([bytes], under: rules).violation
          if id == .authenticationData, isAllowed {
            #expect(violation == .authenticationMethodMissing)
          } else {
            #expect(violation == (isAllowed ? nil : .propertyNotAllowed(id)), "\(type) \(id)")
          }
        }
      }
    }
  }

  @Test func `a broker of 3.1.1 answers two wrong CONNECTs, and closes on all else without a word`() {
    #expect(MQTTViolation.protocolVersion(3).connectReturnCode == .unacceptableProtocolVersion)
    #expect(MQTTViolation.clientIdentifierEmpty.connectReturnCode == .identifierRejected)
    for row in Self.rows where row.violation.connectReturnCode != nil {
      #expect(row.violation == .clientIdentifierEmpty || row.violation.reasonCode == .unsupportedProtocolVersion)
    }
  }
}
