/// Percent-encoding (RFC 3986 2.1).
package enum PercentEncoding {
  /// The bytes that the text stands for.
  ///
  /// - Returns: nil where a `%` is not followed by two hexadecimal digits.
  package static func decode(_ text: [UInt8]) -> [UInt8]? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count)
    var i = 0
    while i < text.count {
      guard text[i] == ASCII.percent else {
        bytes.append(text[i])
        i += 1
        continue
      }
      guard i + 2 < text.count, let high = ASCII.hexValue(text[i + 1]), let low = ASCII.hexValue(text[i + 2]) else {
        return nil
      }
      bytes.append(UInt8(high << 4 | low))
      i += 3
    }
    return bytes
  }

  /// The text of a path or a query, with what may not stand in one (RFC 3986 3.3, 3.4) encoded; what is encoded
  /// already stays as it is.
  package static func encodePathOrQuery(_ text: [UInt8]) -> [UInt8] {
    var encoded: [UInt8] = []
    encoded.reserveCapacity(text.count)
    for byte in text {
      if isPathOrQuery(byte) {
        encoded.append(byte)
      } else {
        encoded += [ASCII.percent, digit(byte >> 4), digit(byte & 0xF)]
      }
    }
    return encoded
  }

  /// Unreserved, sub-delims, `:`, `@`, `/`, `?`, and the `%` of what is encoded.
  private static func isPathOrQuery(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x21, 0x24...0x3B, 0x3D, 0x3F...0x5A, 0x5F, 0x61...0x7A, 0x7E: true
    default: false
    }
  }

  private static func digit(_ value: UInt8) -> UInt8 {
    value < 10 ? 0x30 + value : 0x41 + value - 10
  }
}
