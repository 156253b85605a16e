/// Reads frame headers out of a byte stream that may be split anywhere.
///
/// The parser keeps what it has read of a header between calls and never looks at payload: the caller takes
/// `payloadLength` bytes off the stream before it calls `parse` again.
public struct FrameHeaderParser: Sendable {
  /// One case per group of bytes that is still missing.
  @usableFromInline enum State: Sendable {
    case flagsAndOpcode
    case maskAndLength
    case extendedLength(missing: UInt8)
    case maskingKey(missing: UInt8)
  }

  @usableFromInline var state = State.flagsAndOpcode
  private var firstByte: UInt8 = 0
  private var secondByte: UInt8 = 0
  private var length: UInt64 = 0
  private var key: UInt32 = 0

  public init() {}

  /// True between headers: nothing of the next one has been read.
  @inlinable public var isAtStart: Bool {
    if case .flagsAndOpcode = state { true } else { false }
  }

  /// Reads on.
  ///
  /// - Parameters:
  ///   - bytes: what has arrived.
  ///   - index: the first byte to read; moved behind the last byte taken.
  /// - Returns: the header, once it is whole; nil when `bytes` ended before.
  /// - Throws: a length that is not in its shortest form, or has its top bit set (RFC 6455 5.2). The stream cannot
  ///   be read on after that.
  @inlinable public mutating func parse(
    _ bytes: Span<UInt8>, from index: inout Int
  ) throws(ProtocolViolation) -> FrameHeader? {
    if isAtStart, let header = FrameHeader(whole: bytes, from: &index) { return header }
    return try parseBytes(bytes, from: &index)
  }

  /// Byte by byte: the header may be cut anywhere.
  @usableFromInline mutating func parseBytes(
    _ bytes: Span<UInt8>, from index: inout Int
  ) throws(ProtocolViolation) -> FrameHeader? {
    while index < bytes.count {
      let byte = bytes[index]
      index &+= 1
      switch state {
      case .flagsAndOpcode:
        firstByte = byte
        state = .maskAndLength
      case .maskAndLength:
        secondByte = byte
        length = 0
        switch byte & 0x7F {
        case 126:
          state = .extendedLength(missing: 2)
        case 127:
          state = .extendedLength(missing: 8)
        case let short:
          length = UInt64(short)
          if let header = afterLength() { return header }
        }
      case .extendedLength(let missing):
        length = length << 8 | UInt64(byte)
        if missing > 1 {
          state = .extendedLength(missing: missing - 1)
        } else {
          try checkLengthForm()
          if let header = afterLength() { return header }
        }
      case .maskingKey(let missing):
        key = key >> 8 | UInt32(byte) << 24
        if missing > 1 {
          state = .maskingKey(missing: missing - 1)
        } else {
          return finish()
        }
      }
    }
    return nil
  }

  // RFC 6455 5.2: "the minimal number of bytes MUST be used", "the most significant bit MUST be 0".
  private func checkLengthForm() throws(ProtocolViolation) {
    if secondByte & 0x7F == 126 {
      guard length >= 126 else { throw .lengthNotMinimal }
    } else {
      guard length > 0xFFFF else { throw .lengthNotMinimal }
      guard length >> 63 == 0 else { throw .lengthTopBitSet }
    }
  }

  private mutating func afterLength() -> FrameHeader? {
    guard secondByte & 0x80 != 0 else { return finish() }
    key = 0
    state = .maskingKey(missing: 4)
    return nil
  }

  private mutating func finish() -> FrameHeader {
    state = .flagsAndOpcode
    return FrameHeader(
      isFinal: firstByte & 0x80 != 0,
      reservedBits: firstByte >> 4 & 0x7,
      opcode: Opcode(rawValue: firstByte),
      maskingKey: secondByte & 0x80 != 0 ? MaskingKey(littleEndian: key) : nil,
      payloadLength: length)
  }
}
