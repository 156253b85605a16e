import Testing
import WebSocketProtocol

struct HeaderFieldTests {
  static func field(_ line: String) throws(HandshakeTextError) -> HeaderField {
    try HeaderField(line: line.bytes)
  }

  @Test(arguments: [
    ("Name: value", "Name", "value"),
    ("Name:value", "Name", "value"),
    ("Name: \t value \t ", "Name", "value"),
    ("Name:", "Name", ""),
    ("Name:   ", "Name", ""),
    ("Name: value\r\n", "Name", "value"),
    ("Name:\r\n", "Name", ""),
    ("X: a: b", "X", "a: b"),
    ("X: a\tb c", "X", "a\tb c"),
    ("!#$%&'*+-.^_`|~09AZaz: ü", "!#$%&'*+-.^_`|~09AZaz", "ü"),
  ])
  func `a line is a name and a value without white space around it`(line: String, name: String, value: String) throws {
    let field = try Self.field(line)
    #expect(field.name.text == name)
    #expect(field.value.text == value)
  }

  @Test(arguments: ["", "Name", "\r\n", "Name value\r\n"])
  func `a line without a colon is refused`(line: Raw) {
    let text = line.string.hasSuffix("\r\n") ? String(line.string.dropLast()) : line.string
    #expect(throws: HandshakeTextError.fieldWithoutColon(text.bytes)) { try Self.field(line.string) }
  }

  @Test(arguments: [
    "", " ", "Na me", " Name", "Name ", "Näme", "Na\u{0}me", "Na\rme", "Na\nme", "(Name)", "Na/me", "\u{7F}",
  ])
  func `a name that is not a token is refused`(name: Raw) {
    #expect(throws: HandshakeTextError.badFieldName(name.bytes)) { try Self.field(name.string + ": value") }
  }

  @Test(arguments: ["a\rb", "a\nb", "a\r\nInjected: b", "a\u{0}b", "\r\nb", "a\r\n", "a\u{1}", "\u{7F}", "a\n", "a\r"])
  func `a value with CR, LF, NUL or another control character is refused`(value: Raw) {
    // one CR LF at the end is the line's own
    #expect(throws: HandshakeTextError.badFieldValue(name: "X".bytes)) { try Self.field("X: " + value.string + "\r\n") }
    if value.string != "a\r\n" {
      #expect(throws: HandshakeTextError.badFieldValue(name: "X".bytes)) { try Self.field("X: " + value.string) }
    }
  }

  @Test func `every control character but the tab is refused inside a value`() {
    for byte in UInt8.min...UInt8.max {
      let isRefused = (try? HeaderField(line: "X: a".bytes + [byte] + "b".bytes)) == nil
      #expect(isRefused == (byte < 0x20 && byte != 0x09 || byte == 0x7F), "\(byte)")
    }
  }

  @Test func `names compare without case`() throws {
    let field = try Self.field("sEC-WebSocket-KEY: x")
    #expect(field.isNamed("sec-websocket-key"))
    #expect(!field.isNamed("sec-websocket-keys"))
    #expect(!field.isNamed("sec-websocket-ke"))
  }

  @Test func `only letters have case`() throws {
    #expect(!(try Self.field("a^: x")).isNamed("a~"))
    #expect(!(try Self.field("a_: x")).isNamed("a\u{7F}"))
  }

  @Test func `a list is joined over fields, split at commas, and has no empty elements`() throws {
    let fields = [
      try Self.field("List: a, b ,, \t,\tc,"), try Self.field("Other: x"), try Self.field("LIST:"),
      try Self.field("list: d"),
    ]
    #expect(fields.list(of: "list").map { $0.text } == ["a", "b", "c", "d"])
    #expect(fields.values(of: "list").map { $0.text } == ["a, b ,, \t,\tc,", "", "d"])
    #expect(fields.list(of: "missing").isEmpty)
    #expect(fields.values(of: "missing").isEmpty)
  }
}
