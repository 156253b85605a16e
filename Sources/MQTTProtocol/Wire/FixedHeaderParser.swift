/// Reads fixed headers out of a byte stream that may be split anywhere, and refuses what no packet can be before its
/// body is waited for.
///
/// It never looks at what is behind the header: the caller takes `remainingLength` bytes off the stream before it calls
/// `parse` again. `PacketReader` does that.
package struct FixedHeaderParser: Sendable {
  /// What the sender of the stream is held to. A broker sets the version when it has seen CONNECT.
  package var rules: PacketRules
  /// The largest packet that is taken, in bytes, fixed header included. Anything larger is `packetTooLarge`.
  package var maximumPacketSize: Int

  private var type: PacketType?
  private var flags: UInt8 = 0
  private var length = VariableByteInteger()

  package init(rules: PacketRules, maximumPacketSize: Int = .max) {
    self.rules = rules
    self.maximumPacketSize = maximumPacketSize
  }

  /// True between headers: nothing of the next one has been read.
  package var isAtStart: Bool { type == nil }

  /// Reads on.
  ///
  /// - Parameters:
  ///   - bytes: what has arrived.
  ///   - index: the first byte to read; moved behind the last byte taken.
  /// - Returns: the header, once it is whole; nil when `bytes` ended before.
  /// - Throws: what makes the stream unreadable from here on.
  package mutating func parse(_ bytes: Span<UInt8>, from index: inout Int) throws(MQTTViolation) -> FixedHeader? {
    while index < bytes.count {
      let byte = bytes[index]
      index &+= 1
      guard let type else {
        try begin(byte)
        continue
      }
      guard let remaining = try length.take(byte) else { continue }
      let header = FixedHeader(type: type, flags: flags, remainingLength: remaining)
      self.type = nil
      // [MQTT-3.1.2-24] and [MQTT-3.2.2-15] are the sender's to keep; the receiver closes with 0x95
      guard header.packetLength <= maximumPacketSize else {
        throw .packetTooLarge(size: header.packetLength, limit: maximumPacketSize)
      }
      guard type.remainingLengths(under: rules).contains(remaining) else {
        throw .remainingLengthImpossible(type, remaining)
      }
      return header
    }
    return nil
  }

  private mutating func begin(_ byte: UInt8) throws(MQTTViolation) {
    guard let type = PacketType(rawValue: byte >> 4), type != .auth || rules.version == .mqtt5 else {
      throw .reservedPacketType(byte >> 4)
    }
    flags = byte & 0xF
    if let fixed = type.fixedFlags {
      // [MQTT-2.1.3-1], in 3.1.1 [MQTT-2.2.2-1] and [MQTT-2.2.2-2]; [MQTT-3.6.1-1], [MQTT-3.8.1-1], [MQTT-3.10.1-1],
      // [MQTT-3.14.1-1], [MQTT-3.15.1-1] for single packets
      guard flags == fixed else { throw .reservedFlags(type, flags) }
    } else {
      // [MQTT-3.3.1-4]
      guard let qos = QoS(rawValue: flags >> 1 & 3) else { throw .publishQoS3 }
      // [MQTT-3.3.1-2]
      guard qos != .atMostOnce || flags & 8 == 0 else { throw .dupOnQoS0 }
    }
    guard type.mayBeSent(under: rules) else { throw .wrongDirection(type) }
    self.type = type
  }
}
