public import MQTTProtocol

/// The bytes of a broker's packets.
public enum BrokerPacket {
  /// What a codec writes, with room for anything but payloads.
  public static func encoded(
    _ write: (inout OutputSpan<UInt8>) throws(PacketEncodingError) -> Void
  ) throws -> [UInt8] {
    try [UInt8](capacity: 1 << 17, initializingWith: write)
  }

  /// Properties as `PropertyList` takes them.
  public static func properties(_ numbers: [(PropertyID, UInt32)]) throws -> [UInt8] {
    try [UInt8](capacity: 1024) { (out) throws(PropertyList.AppendError) in
      for (id, value) in numbers { try PropertyList.append(id, value, to: &out) }
    }
  }

  public static func connAck(
    _ rules: PacketRules, isSessionPresent: Bool = false, code: UInt8 = 0, properties: [UInt8] = []
  ) throws -> [UInt8] {
    try encoded { (out) throws(PacketEncodingError) in
      try ConnAckPacket(
        isSessionPresent: isSessionPresent, reasonCode: ReasonCode(rawValue: code),
        properties: PropertyList(encoded: properties.span)
      ).encode(into: &out, under: rules)
    }
  }

  public static func publish(
    _ rules: PacketRules, topic: String, payload: [UInt8], qos: QoS = .atMostOnce, identifier: UInt16 = 0,
    isRetained: Bool = false, isDuplicate: Bool = false, properties: [UInt8] = []
  ) throws -> [UInt8] {
    let topic = Array(topic.utf8)
    return try encoded { (out) throws(PacketEncodingError) in
      try PublishPacket(
        topic: topic.span, qos: qos, identifier: identifier, isRetained: isRetained, isDuplicate: isDuplicate,
        properties: PropertyList(encoded: properties.span), payloadLength: payload.count
      ).encode(into: &out, under: rules)
    } + payload
  }

  public static func acknowledgement(
    _ rules: PacketRules, _ kind: PublishAcknowledgement.Kind, identifier: UInt16, _ reasonCode: ReasonCode = .success
  ) throws -> [UInt8] {
    try encoded { (out) throws(PacketEncodingError) in
      try PublishAcknowledgement(kind, identifier: identifier, reasonCode: reasonCode).encode(into: &out, under: rules)
    }
  }

  /// SUBACK or UNSUBACK; the UNSUBACK of 3.1.1 has no codes.
  public static func acknowledgement(
    _ rules: PacketRules, _ kind: SubscriptionAcknowledgement.Kind, identifier: UInt16, codes: [UInt8]
  ) throws -> [UInt8] {
    try encoded { (out) throws(PacketEncodingError) in
      try SubscriptionAcknowledgement(kind, identifier: identifier, reasonCodes: codes.span)
        .encode(into: &out, under: rules)
    }
  }

  public static let pingResponse: [UInt8] = [0xD0, 0]

  public static func disconnect(
    _ rules: PacketRules, _ reasonCode: ReasonCode, properties: [UInt8] = []
  ) throws -> [UInt8] {
    try encoded { (out) throws(PacketEncodingError) in
      try DisconnectPacket(reasonCode: reasonCode, properties: PropertyList(encoded: properties.span))
        .encode(into: &out, under: rules)
    }
  }
}
