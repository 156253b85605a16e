// What all packets share when they are written: the checks and the fixed header, before the first byte of a body.

extension FixedHeader {
  /// Writes the fixed header of a packet once it is sure that all of it can be written.
  ///
  /// - Parameters:
  ///   - bodyLength: bytes that will be written behind the fixed header.
  ///   - payloadLength: bytes behind those that the caller sends by itself.
  static func begin(
    _ type: PacketType, flags: UInt8? = nil, bodyLength: Int, payloadLength: Int = 0,
    to out: inout OutputSpan<UInt8>
  ) throws(PacketEncodingError) {
    guard payloadLength <= VariableByteInteger.maximum, bodyLength <= VariableByteInteger.maximum - payloadLength else {
      throw .packetTooLong(payloadLength)
    }
    let header = FixedHeader(type: type, flags: flags, remainingLength: bodyLength + payloadLength)
    let needed = header.encodedLength + bodyLength
    guard out.freeCapacity >= needed else { throw .noRoom(needed: needed) }
    header.append(to: &out)
  }

  static func length(_ bodyLength: Int) -> Int {
    1 + VariableByteInteger.encodedLength(bodyLength) + bodyLength
  }
}

extension Span<UInt8> {
  /// Two bytes say how long a field is (1.5.4, 1.5.6).
  func checkFieldLength() throws(PacketEncodingError) {
    guard count <= 0xFFFF else { throw .fieldTooLong(count) }
  }
}

extension PacketType {
  func checkDirection(under rules: PacketRules) throws(MQTTViolation) {
    guard self != .auth || rules.version == .mqtt5 else { throw .reservedPacketType(rawValue) }
    guard mayBeSent(under: rules) else { throw .wrongDirection(self) }
  }
}

extension PropertyList {
  /// What stands on the wire: nothing in 3.1.1, which has no properties.
  func encodedLength(_ version: MQTTVersion) -> Int { version == .mqtt5 ? encodedLength : 0 }

  func check(_ place: PropertyPlace, under rules: PacketRules) throws(MQTTViolation) {
    guard rules.version == .mqtt5 else {
      // 3.1.1 has none
      guard isEmpty else { throw .propertyUnknown(Int(encoded[0])) }
      return
    }
    try check(in: place, from: rules.sender)
  }
}

func checkIdentifier(_ identifier: UInt16) throws(MQTTViolation) {
  // [MQTT-2.2.1-3] to [MQTT-2.2.1-6], in 3.1.1 [MQTT-2.3.1-1], [MQTT-2.3.1-6] and [MQTT-2.3.1-7]
  guard identifier != 0 else { throw .packetIdentifierZero }
}
