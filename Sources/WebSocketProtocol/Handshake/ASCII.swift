/// The few rules of HTTP's and of URIs' grammar that a handshake needs (RFC 9110 5.5, 5.6; RFC 3986).
enum ASCII {
  static let cr: UInt8 = 0x0D
  static let lf: UInt8 = 0x0A
  static let space: UInt8 = 0x20
  static let tab: UInt8 = 0x09
  static let colon: UInt8 = 0x3A
  static let comma: UInt8 = 0x2C
  static let numberSign: UInt8 = 0x23
  static let percent: UInt8 = 0x25
  static let dot: UInt8 = 0x2E
  static let slash: UInt8 = 0x2F
  static let questionMark: UInt8 = 0x3F
  static let at: UInt8 = 0x40
  static let openingBracket: UInt8 = 0x5B
  static let closingBracket: UInt8 = 0x5D

  static func lowercased(_ byte: UInt8) -> UInt8 {
    (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
  }

  static func isLetter(_ byte: UInt8) -> Bool {
    (0x61...0x7A).contains(lowercased(byte))
  }

  static func isDigit(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte)
  }

  static func hexValue(_ byte: UInt8) -> Int? {
    switch byte {
    case 0x30...0x39: Int(byte - 0x30)
    case 0x41...0x46, 0x61...0x66: Int(lowercased(byte) - 0x61) + 10
    default: nil
    }
  }

  static func equals(_ bytes: Span<UInt8>, _ text: String) -> Bool {
    let text = text.utf8.span
    guard bytes.count == text.count else { return false }
    for i in bytes.indices where bytes[i] != text[i] { return false }
    return true
  }

  static func equalsIgnoringCase(_ bytes: Span<UInt8>, _ lowercasedText: String) -> Bool {
    equalsIgnoringCase(bytes, lowercasedText.utf8.span)
  }

  static func equalsIgnoringCase(_ bytes: Span<UInt8>, _ lowercasedText: Span<UInt8>) -> Bool {
    guard bytes.count == lowercasedText.count else { return false }
    for i in bytes.indices where lowercased(bytes[i]) != lowercasedText[i] { return false }
    return true
  }

  /// Without the white space at both ends.
  static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let isBlank = { (byte: UInt8) in byte == space || byte == tab }
    guard let first = bytes.firstIndex(where: { !isBlank($0) }),
      let last = bytes.lastIndex(where: { !isBlank($0) })
    else { return [] }
    return bytes[first...last]
  }

  /// Calls back with each element of a list, but for empty ones (RFC 9110 5.6.1).
  static func forEachElement(of list: [UInt8], _ body: (ArraySlice<UInt8>) -> Void) {
    var start = 0
    while start < list.count {
      let end = list[start...].firstIndex(of: comma) ?? list.count
      let element = trimmed(list[start..<end])
      if !element.isEmpty { body(element) }
      start = end + 1
    }
  }

  /// RFC 9110 5.6.2.
  static func isToken(_ bytes: [UInt8]) -> Bool {
    !bytes.isEmpty
      && bytes.allSatisfy { byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x5E, 0x5F, 0x60, 0x7C, 0x7E: true
        default: false
        }
      }
  }

  /// RFC 9110 5.5: visible characters, white space and bytes from 0x80.
  static func isFieldValue(_ bytes: [UInt8]) -> Bool {
    bytes.allSatisfy { $0 == tab || ($0 >= space && $0 != 0x7F) }
  }

  /// A request target or host: something visible, no white space, no control character.
  static func isVisible(_ bytes: [UInt8]) -> Bool {
    !bytes.isEmpty && bytes.allSatisfy { $0 > space && $0 != 0x7F }
  }
}
