import SampleSupport
import Testing

struct PrintableTests {
  @Test func `control characters are written out`() {
    #expect(printable("plain ü→🌬") == "plain ü→🌬")
    #expect(printable("\u{1B}[2J\u{7}\u{7F}\r") == "^[[2J^G^?^M")
    #expect(printable("two\nlines") == "two lines")
    #expect(printable("a\u{9B}31m\u{80}b") == "a\\u{9b}31m\\u{80}b")
    #expect(printable("\u{A0}\u{C2}") == "\u{A0}\u{C2}")
  }

  @Test func `a stream may be cut anywhere`() {
    let text = Array("ü\u{9B}31m → \u{1B}[0m\u{A0}end\n".utf8)
    var whole = ControlCharacterFilter()
    let expected = whole.filtered(text) + whole.rest()
    for cut in 0...text.count {
      var filter = ControlCharacterFilter()
      #expect(filter.filtered(text[..<cut]) + filter.filtered(text[cut...]) + filter.rest() == expected)
    }
  }
}
