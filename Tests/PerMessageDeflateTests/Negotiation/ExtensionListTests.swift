import PerMessageDeflate
import Testing
import WestwindTestSupport

/// RFC 6455 9.1.
struct ExtensionListTests {
  static func parse(_ values: String...) throws(NegotiationError) -> [WebSocketExtension] {
    try WebSocketExtension.parse(values.map { $0.bytes })
  }

  @Test(arguments: [
    ("foo", ["foo"]),
    ("foo, bar", ["foo", "bar"]),
    ("foo;a", ["foo; a"]),
    ("foo;a=b;c;d=1", ["foo; a=b; c; d=1"]),
    (" \t foo \t ; \t a \t = \t b \t , \t bar \t ", ["foo; a=b", "bar"]),
    ("foo; a=\"b\"", ["foo; a=b"]),
    ("foo; a=\"\\b\\1\"; c", ["foo; a=b1; c"]),
    ("foo; a=\"b\" , bar; c = \"d\"", ["foo; a=b", "bar; c=d"]),
    ("foo; a=1; a=2", ["foo; a=1; a=2"]),
    ("!#$%&'*+-.^_`|~09AZaz; x", ["!#$%&'*+-.^_`|~09AZaz; x"]),
    ("", []), (" ", []), (",", []), (" ,\t, ", []),
    (",foo,,bar,", ["foo", "bar"]),
  ])
  func `a value is a list of names with parameters`(value: String, expected: [String]) throws {
    #expect(try Self.parse(value).map { $0.text } == expected)
  }

  @Test(arguments: [
    ";", "foo;", "foo; ;a", "foo; =b", "foo; a=", "foo; a=,", "foo; a=b=c", "foo bar", "foo; a b", "foo; a=b c", "=",
    "foo=a", "foo; a=\"", "foo; a=\"b", "foo; a=\"\"", "foo; a=\"b c\"", "foo; a=\"b\\", "foo; a=\"b\\\"\"",
    "foo; a=\"b\"c", "foo; a=\"b,c\"", "foo; \"a\"", "\"foo\"",
    "f\u{0}o", "foo/1", "foo; a=b@c", "f\u{E4}", "foo; a='b c'",
    "foo\r\n", "foo, bar;",
  ])
  func `a value that is not of the grammar is refused as a whole`(value: String) {
    #expect(throws: NegotiationError.malformed(value)) { try Self.parse(value) }
    #expect(throws: NegotiationError.malformed(value)) { try Self.parse("fine", value, "fine") }
  }

  @Test func `several fields are one list`() throws {
    let several = try Self.parse("foo; a=1", "", "bar, baz;b", ",")
    #expect(several == (try Self.parse("foo; a=1, bar, baz;b")))
    #expect(try WebSocketExtension.parse([]) == [])
  }

  @Test func `a quoted value and a token are the same, and nil is no value`() throws {
    #expect(try Self.parse("foo; a=\"10\"") == [WebSocketExtension("foo", [.init("a", "10")])])
    #expect(try Self.parse("foo; a") == [WebSocketExtension("foo", [.init("a")])])
  }

  @Test func `random lists are the same after writing and reading`() throws {
    var random = SeededGenerator(seed: 3)
    let token = "!#$%&'*+-.^_`|~09AZaz".bytes
    for _ in 1...500 {
      func word(_ random: inout SeededGenerator) -> String {
        String(decoding: (1...6).map { _ in token.randomElement(using: &random)! }, as: UTF8.self)
      }
      let list = (0..<Int.random(in: 0...4, using: &random)).map { _ in
        WebSocketExtension(
          word(&random),
          (0..<Int.random(in: 0...4, using: &random)).map { _ in
            .init(word(&random), Bool.random(using: &random) ? word(&random) : nil)
          })
      }
      let text = list.map { $0.text }.joined(separator: ",")
      #expect(try Self.parse(text) == list)
    }
  }
}
