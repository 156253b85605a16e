import MQTTProtocol
import Testing

struct MQTTTextTests {
  static func check(_ bytes: [UInt8]) throws(MQTTViolation) { try MQTTText.check(bytes.span) }

  /// Figure 1-1: "A" and U+2A6D4.
  @Test func `the specification's example is taken`() throws {
    try Self.check([0x41, 0xF0, 0xAA, 0x9B, 0x94])
    #expect("A\u{2A6D4}".bytes == [0x41, 0xF0, 0xAA, 0x9B, 0x94])
  }

  @Test func `MQTT-1.5.4-1: text that is not UTF-8 is refused, surrogates too`() {
    for bytes in [
      [0x80], [0xC0, 0x80], [0xC3], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xF4, 0x90, 0x80, 0x80], [0xFF],
      [0xE2, 0x82],
    ] as [[UInt8]] {
      #expect(throws: MQTTViolation.textNotUTF8) { try Self.check(bytes) }
      #expect(throws: MQTTViolation.textNotUTF8) { try Self.check("padding to sixteen".bytes + bytes) }
    }
  }

  @Test func `MQTT-1.5.4-2: U+0000 is refused wherever it stands`() {
    for length in 1...40 {
      for place in 0..<length {
        var bytes = [UInt8](repeating: 0x61, count: length)
        bytes[place] = 0
        #expect(throws: MQTTViolation.textHasNull) { try Self.check(bytes) }
      }
    }
  }

  @Test func `MQTT-1.5.4-3: U+FEFF is a character like any other`() throws {
    try Self.check([0xEF, 0xBB, 0xBF])
    let name: [UInt8] = [0xEF, 0xBB, 0xBF, 0x61]
    let filter = try TopicFilter(name.span)
    let with = filter.matches(name.span)
    let without = filter.matches([0x61].span)
    #expect(with && !without)
  }

  @Test func `control characters and noncharacters are taken`() throws {
    for text in ["\u{1}", "\u{1F}", "\u{7F}", "\u{9F}", "\u{FFFF}", "\u{10FFFF}", ""] { try Self.check(text.bytes) }
  }
}
