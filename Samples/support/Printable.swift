/// Text from a peer as part of one line: control characters are written out, so that it cannot steer the terminal.
package func printable(_ text: String) -> String {
  var filter = ControlCharacterFilter()
  let bytes = filter.filtered(text.utf8) + filter.rest()
  return String(decoding: bytes.map { $0 == 0x0A ? 0x20 : $0 }, as: UTF8.self)
}

/// Writes out the control characters in a stream of UTF-8, which may be cut anywhere. Line feeds and tabs stay.
package struct ControlCharacterFilter {
  // U+0080 to U+009F are control characters, too. They begin with this byte, whose fate the next one decides.
  private static let lead: UInt8 = 0xC2
  private var holdsLead = false

  package init() {}

  package mutating func filtered(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    for byte in bytes {
      if holdsLead {
        holdsLead = false
        if (0x80...0x9F).contains(byte) {
          result += Array("\\u{\(String(byte, radix: 16))}".utf8)
          continue
        }
        result.append(Self.lead)
      }
      switch byte {
      case Self.lead: holdsLead = true
      case 0x09, 0x0A: result.append(byte)
      // Caret notation: ESC is ^[, DEL is ^?.
      case 0..<0x20, 0x7F: result += [UInt8(ascii: "^"), byte ^ 0x40]
      default: result.append(byte)
      }
    }
    return result
  }

  /// What is held back, at the end of the stream.
  package mutating func rest() -> [UInt8] {
    defer { holdsLead = false }
    return holdsLead ? [Self.lead] : []
  }
}
