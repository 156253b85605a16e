import Testing
import WebSocketProtocol

struct ResponseHeadTests {
  static func response(_ lines: String...) throws(HandshakeViolation) -> ResponseHead {
    try ResponseHead((lines.joined(separator: "\r\n") + "\r\n\r\n").bytes)
  }

  @Test func `status and fields are taken apart`() throws {
    let response = try Self.response("HTTP/1.1 404 Not Found", "Server: x/1 (y)", "Empty:", "server:z")
    #expect(response.status == 404)
    #expect(response.fields.map { $0.name.text } == ["Server", "Empty", "server"])
    #expect(response.fields.map { $0.value.text } == ["x/1 (y)", "", "z"])
  }

  @Test(arguments: [
    ("HTTP/1.1 101 Switching Protocols", 101, "Switching Protocols"), ("HTTP/1.1 200 ", 200, ""),
    ("HTTP/1.1 200", 200, ""), ("HTTP/1.1 999 x y", 999, "x y"), ("HTTP/1.1 100 ", 100, ""),
    ("HTTP/1.0 404 Not Found", 404, "Not Found"),
  ])
  func `a status line is read with any reason and with none`(line: String, status: Int, reason: String) throws {
    let response = try Self.response(line)
    #expect(response.status == status)
    #expect(response.reason.text == reason)
  }

  @Test(arguments: [
    "", "HTTP/1.1", "HTTP/1.1 ", "HTTP/1.1 1", "HTTP/1.1 10", "HTTP/1.1 1010", "HTTP/1.1 1O1", "HTTP/1.1  101",
    "HTTP/1.1 -10",
    "HTTP/1.1 000 x", "HTTP/1.1 099 x", "http/1.1 101 x", "HTTP/2 101 x", "HTTP/1.1\t101 x", " HTTP/1.1 101 x",
    "ICY 200 OK", "SSH-2.0-OpenSSH_9.2",
    "\u{15}\u{3}\u{1}", "HTTP/1.1 ١٠١ x", "220 mail.example ESMTP",
  ])
  func `what is no status line is not HTTP`(line: Raw) {
    #expect(throws: HandshakeViolation.notHTTP) { try Self.response(line.string) }
  }

  @Test(arguments: [
    "no colon", ": no name", "Folded: a\r\n b", "Folded: a\r\n\tb", "Space : x", "Sp ace: x", "A: b\u{0}", "A: b\rc",
    "A: b\nC: d", "A: b\u{7F}", "Ä: b",
  ])
  func `a line that is no field is refused`(line: Raw) {
    #expect(throws: HandshakeViolation.malformedField) { try Self.response("HTTP/1.1 101 x", line.string, "B: c") }
  }

  @Test func `bytes that are no whole head are refused and never trap`() {
    for text in ["", "\r\n", "\r\n\r\n", "\n", "\n\n", "x\n", "HTTP/1.1 101 x", "HTTP/1.1 101 x\n\n"] {
      #expect(throws: HandshakeViolation.notHTTP) { try ResponseHead(text.bytes) }
    }
  }

  @Test(
    arguments: [
      (["0"], 0), (["12"], 12), (["999999999"], 999_999_999), ([], nil), ([""], nil), (["-1"], nil), (["+1"], nil),
      (["1x"], nil),
      (["1, 1"], nil), (["5", "5"], nil), (["0x10"], nil), (["1000000000"], nil), (["99999999999999999999"], nil),
    ] as [([String], Int?)])
  func `the length of the body is a plain number of nine digits at most`(values: [String], length: Int?) throws {
    var response = try Self.response("HTTP/1.1 401 Unauthorized")
    response.fields = values.map { HeaderField(name: "Content-Length".bytes, value: $0.bytes) }
    #expect(response.contentLength == length)
  }
}
