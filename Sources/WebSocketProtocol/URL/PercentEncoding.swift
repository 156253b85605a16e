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

  /// The text of a path, with what may not stand in one (RFC 3986 3.3) encoded; what is encoded already stays as it is.
  package static func encodePath(_ text: [UInt8]) -> [UInt8] { encode(text, but: isInPath) }

  /// The text of a query, with what browsers encode there encoded (the URL standard's query percent-encode set); what is
  /// encoded already stays as it is. RFC 3986 has no place for `[`, `]`, `|`, `{`, `}`, `\`, `^` and the grave accent, but
  /// browsers and curl send them as they are, and servers compare.
  package static func encodeQuery(_ text: [UInt8]) -> [UInt8] { encode(text, but: isInQuery) }

  /// Any text, with all but unreserved characters encoded (RFC 3986 2.3).
  package static func encodeUnreserved(_ text: [UInt8]) -> [UInt8] {
    encode(text) { ASCII.isLetter($0) || ASCII.isDigit($0) || [0x2D, 0x2E, 0x5F, 0x7E].contains($0) }
  }

  private static func encode(_ text: [UInt8], but isKept: (UInt8) -> Bool) -> [UInt8] {
    var encoded: [UInt8] = []
    encoded.reserveCapacity(text.count)
    for byte in text {
      if isKept(byte) {
        encoded.append(byte)
      } else {
        encoded += [ASCII.percent, digit(byte >> 4), digit(byte & 0xF)]
      }
    }
    return encoded
  }

  /// Unreserved, sub-delims, `:`, `@`, `/`, `?`, and the `%` of what is encoded.
  private static func isInPath(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x21, 0x24...0x3B, 0x3D, 0x3F...0x5A, 0x5F, 0x61...0x7A, 0x7E: true
    default: false
    }
  }

  private static func isInQuery(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x21, 0x24...0x3B, 0x3D, 0x3F...0x7E: true
    default: false
    }
  }

  private static func digit(_ value: UInt8) -> UInt8 {
    value < 10 ? 0x30 + value : 0x41 + value - 10
  }
}
