/// What stands before a frame's payload.
///
///      0                   1                   2                   3
///      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
///     +-+-+-+-+-------+-+-------------+-------------------------------+
///     |F|R|R|R| opcode|M| length      | 126: length in 16 bits        |
///     |I|S|S|S|  (4)  |A|   (7)       | 127: length in 64 bits        |
///     |N|V|V|V|       |S|             |                               |
///     | |1|2|3|       |K|             |                               |
///     +-+-+-+-+-------+-+-------------+-------------------------------+
///     | length, continued, where it is 127                            |
///     +---------------------------------------------------------------+
///     | masking key, where MASK is set                                |
///     +---------------------------------------------------------------+
///
/// Source: RFC 6455 5.2.
public struct FrameHeader: Sendable, Hashable {
  /// FIN: this is the message's last frame.
  public var isFinal: Bool
  /// RSV1, RSV2 and RSV3 as the bits 4, 2 and 1. Zero unless an extension gave them a meaning.
  public var reservedBits: UInt8
  public var opcode: Opcode
  /// Nil where the frame is not masked.
  public var maskingKey: MaskingKey?
  /// Bytes of payload behind the header.
  public var payloadLength: UInt64

  public init(
    isFinal: Bool = true, reservedBits: UInt8 = 0, opcode: Opcode, maskingKey: MaskingKey? = nil, payloadLength: UInt64
  ) {
    self.isFinal = isFinal
    self.reservedBits = reservedBits
    self.opcode = opcode
    self.maskingKey = maskingKey
    self.payloadLength = payloadLength
  }

  /// RSV1 in `reservedBits`: the message is compressed (RFC 7692 6).
  public static let rsv1: UInt8 = 4

  /// The longest header: two bytes, eight of length, four of key.
  public static let maximumEncodedLength = 14

  /// Bytes that `encode` writes: the length always takes its shortest form (RFC 6455 5.2).
  public var encodedLength: Int {
    let lengthBytes = payloadLength < 126 ? 0 : payloadLength <= 0xFFFF ? 2 : 8
    return 2 + lengthBytes + (maskingKey == nil ? 0 : 4)
  }

  /// Writes the header.
  ///
  /// - Parameters:
  ///   - bytes: where to write; at least `encodedLength` bytes from `offset`.
  ///   - offset: the index of the first byte to write.
  /// - Returns: the bytes written.
  public func encode(into bytes: inout MutableSpan<UInt8>, at offset: Int) -> Int {
    bytes[offset] = (isFinal ? 0x80 : 0) | (reservedBits & 0x7) << 4 | opcode.rawValue
    let maskBit: UInt8 = maskingKey == nil ? 0 : 0x80
    var end = offset + 2
    if payloadLength < 126 {
      bytes[offset + 1] = maskBit | UInt8(truncatingIfNeeded: payloadLength)
    } else {
      let lengthBytes = payloadLength <= 0xFFFF ? 2 : 8
      bytes[offset + 1] = maskBit | (lengthBytes == 2 ? 126 : 127)
      for _ in 0..<lengthBytes {
        bytes[end] = UInt8(truncatingIfNeeded: payloadLength >> UInt64(8 * (lengthBytes - 1 - (end - offset - 2))))
        end += 1
      }
    }
    if let key = maskingKey {
      for i in 0..<4 {
        bytes[end] = key[i]
        end += 1
      }
    }
    return end - offset
  }
}
