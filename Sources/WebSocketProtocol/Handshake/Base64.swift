/// Base64 with padding (RFC 4648 4), as the handshake needs it for sixteen and twenty bytes.
enum Base64 {
  static func encode(_ bytes: Span<UInt8>) -> [UInt8] {
    let groups = (bytes.count + 2) / 3
    return [UInt8](capacity: 4 * groups) { text in
      for start in stride(from: 0, to: bytes.count, by: 3) {
        let count = min(3, bytes.count - start)
        var group = UInt32(bytes[start]) << 16
        if count > 1 { group |= UInt32(bytes[start + 1]) << 8 }
        if count > 2 { group |= UInt32(bytes[start + 2]) }
        text.append(character(group >> 18))
        text.append(character(group >> 12))
        text.append(count > 1 ? character(group >> 6) : 0x3D)
        text.append(count > 2 ? character(group) : 0x3D)
      }
    }
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

  /// The character of a group's last six bits.
  private static func character(_ group: UInt32) -> UInt8 {
    let value = UInt8(truncatingIfNeeded: group) & 63
    return switch value {
    case 0..<26: value &+ 0x41  // A
    case 26..<52: value &+ 0x47  // a, less 26
    case 52..<62: value &- 4  // 0, less 52
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
