/// What every packet begins with.
///
///     bit      7   6   5   4   3   2   1   0
///     byte 1   packet type   | flags
///     byte 2   remaining length, a variable byte integer of one to four bytes
///
/// Source: MQTT 5.0 2.1, MQTT 3.1.1 2.2.
public struct FixedHeader: Sendable, Hashable {
  public var type: PacketType
  /// The low four bits of the first byte.
  public var flags: UInt8
  /// Bytes behind this header.
  public var remainingLength: Int

  /// - Parameters:
  ///   - type: the packet's.
  ///   - flags: only PUBLISH has flags of its own; left out, they are what the type demands.
  ///   - remainingLength: bytes behind the fixed header, `VariableByteInteger.maximum` at most.
  public init(type: PacketType, flags: UInt8? = nil, remainingLength: Int) {
    self.type = type
    self.flags = flags ?? type.fixedFlags ?? 0
    self.remainingLength = remainingLength
  }

  /// The longest fixed header.
  public static let maximumEncodedLength = 5

  /// Bytes of this header on the wire.
  public var encodedLength: Int { 1 + VariableByteInteger.encodedLength(remainingLength) }

  /// Bytes of the whole packet on the wire: what a maximum packet size counts (MQTT 5.0 3.1.2.11.4).
  public var packetLength: Int { encodedLength + remainingLength }

  /// Writes the header; there must be room for `encodedLength` bytes.
  func append(to out: inout OutputSpan<UInt8>) {
    out.append(type.rawValue << 4 | flags)
    VariableByteInteger.append(remainingLength, to: &out)
  }
}
