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

  @inlinable public init(
    isFinal: Bool = true, reservedBits: UInt8 = 0, opcode: Opcode, maskingKey: MaskingKey? = nil, payloadLength: UInt64
  ) {
    self.isFinal = isFinal
    self.reservedBits = reservedBits
    self.opcode = opcode
    self.maskingKey = maskingKey
    self.payloadLength = payloadLength
  }

  /// RSV1 in `reservedBits`: the message is compressed (RFC 7692 6).
  @inlinable public static var rsv1: UInt8 { 4 }

  /// The longest header: two bytes, eight of length, four of key.
  @inlinable public static var maximumEncodedLength: Int { 14 }

  /// Bytes that `encode` writes: the length always takes its shortest form (RFC 6455 5.2).
  @inlinable @inline(__always) public var encodedLength: Int {
    let lengthBytes = payloadLength < 126 ? 0 : payloadLength <= 0xFFFF ? 2 : 8
    return 2 + lengthBytes + (maskingKey == nil ? 0 : 4)
  }

  /// The bytes of the wire, the first in the low bits of `low`, the ninth in those of `high`; behind the header they are 0.
  @inlinable @inline(__always) package var packed: (low: UInt64, high: UInt64) {
    let flags = UInt64((isFinal ? 0x80 : 0) | (reservedBits & 0x7) << 4 | opcode.rawValue)
    let maskBit: UInt64 = maskingKey == nil ? 0 : 0x8000
    let key = UInt64(maskingKey?.littleEndian ?? 0)
    if payloadLength < 126 { return (flags | maskBit | payloadLength << 8 | key << 16, 0) }
    if payloadLength <= 0xFFFF {
      let length = UInt64(UInt16(truncatingIfNeeded: payloadLength).byteSwapped)
      return (flags | maskBit | 126 << 8 | length << 16 | key << 32, 0)
    }
    let length = payloadLength.byteSwapped
    return (flags | maskBit | 127 << 8 | length << 16, length >> 48 | key << 16)
  }

  /// Reads a header. Bytes of one that is not whole stay where they are, for a call with more of them.
  ///
  /// - Parameters:
  ///   - bytes: what has arrived.
  ///   - index: the header's first byte; moved behind its last, or left as it is.
  /// - Returns: nil if the header is not whole.
  /// - Throws: a length that is not in its shortest form, or has its top bit set (RFC 6455 5.2). The stream cannot be read
  ///   on after that.
  @inlinable public static func read(
    _ bytes: Span<UInt8>, from index: inout Int
  ) throws(ProtocolViolation) -> FrameHeader? {
    let count = bytes.count - index
    guard index >= 0, count >= 2 else { return nil }
    let first = bytes[index]
    let second = bytes[index + 1]
    var end = index + 2
    var length = UInt64(second & 0x7F)
    // RFC 6455 5.2: "the minimal number of bytes MUST be used", "the most significant bit MUST be 0".
    if length == 126 {
      guard count >= 4 else { return nil }
      length = UInt64(bytes[index + 2]) << 8 | UInt64(bytes[index + 3])
      guard length >= 126 else { throw .lengthNotMinimal }
      end += 2
    } else if length == 127 {
      guard count >= 10 else { return nil }
      length = 0
      for i in 2..<10 { length = length << 8 | UInt64(bytes[index + i]) }
      guard length > 0xFFFF else { throw .lengthNotMinimal }
      guard length >> 63 == 0 else { throw .lengthTopBitSet }
      end += 8
    }
    var key: MaskingKey?
    if second & 0x80 != 0 {
      guard bytes.count - end >= 4 else { return nil }
      var value: UInt32 = 0
      for i in 0..<4 { value |= UInt32(bytes[end + i]) << UInt32(8 * i) }
      key = MaskingKey(littleEndian: value)
      end += 4
    }
    index = end
    return FrameHeader(
      isFinal: first & 0x80 != 0, reservedBits: first >> 4 & 0x7, opcode: Opcode(rawValue: first), maskingKey: key,
      payloadLength: length)
  }

  /// Writes the header.
  ///
  /// - Parameters:
  ///   - bytes: where to write; at least `encodedLength` bytes from `offset`.
  ///   - offset: the index of the first byte to write.
  /// - Returns: the bytes written.
  public func encode(into bytes: inout MutableSpan<UInt8>, at offset: Int) -> Int {
    let (low, high) = packed
    let count = encodedLength
    for i in 0..<count {
      bytes[offset + i] = UInt8(truncatingIfNeeded: (i < 8 ? low : high) >> UInt64(8 * (i & 7)))
    }
    return count
  }
}
