/// Base64 with padding (RFC 4648 4), as the handshake needs it for sixteen and twenty bytes.
enum Base64 {
  static func encode(_ bytes: Span<UInt8>) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let count = min(3, bytes.count - start)
      var group = UInt32(bytes[start]) << 16
      if count > 1 { group |= UInt32(bytes[start + 1]) << 8 }
      if count > 2 { group |= UInt32(bytes[start + 2]) }
      for digit in 0..<4 {
        text.append(digit <= count ? character(UInt8(truncatingIfNeeded: group >> UInt32(18 - 6 * digit)) & 63) : 0x3D)
      }
    }
    return text
  }

  /// Whether this is the form of `count` bytes: the right length, the alphabet, the padding.
  static func isEncoding(_ text: [UInt8], ofByteCount count: Int) -> Bool {
    guard text.count == (count + 2) / 3 * 4 else { return false }
    let padding = (3 - count % 3) % 3
    for (i, byte) in text.enumerated() {
      let isPadding = i >= text.count - padding
      guard isPadding ? byte == 0x3D : isDigit(byte) else { return false }
    }
    return true
  }

  private static func character(_ value: UInt8) -> UInt8 {
    switch value {
    case 0..<26: value + 0x41  // A
    case 26..<52: value - 26 + 0x61  // a
    case 52..<62: value - 52 + 0x30  // 0
    case 62: 0x2B  // +
    default: 0x2F  // /
    }
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x41...0x5A, 0x61...0x7A, 0x30...0x39, 0x2B, 0x2F: true
    default: false
    }
  }
}
