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
    "no colon", ": no name", " folded behind nothing", "Space : x", "Sp ace: x", "A: b\u{0}", "A: b\rc", "A: b\u{7F}",
    "Ä: b", "no colon\r\n and folded",
  ])
  func `a line that is no field does not hide the status, but is no part of a response that is taken`(line: Raw) throws
  {
    let response = try Self.response("HTTP/1.1 403 Forbidden", line.string, "B: c")
    #expect(response.status == 403)
    #expect(response.fields == [HeaderField(name: "B".bytes, value: "c".bytes)])
    #expect(response.hasMalformedField)
    let client = try ClientHandshake(key: HandshakeKey(nonce: Array("the sample nonce".utf8).span))
    #expect(throws: HandshakeViolation.status(403)) { try client.check(response) }
    let switching = try Self.response(
      "HTTP/1.1 101 x", line.string, "Upgrade: websocket", "Connection: upgrade",
      "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
    #expect(throws: HandshakeViolation.malformedField) { try client.check(switching) }
  }

  @Test(
    arguments: [
      ("a\r\n b", "a b"), ("a\r\n\tb", "a b"), ("a;\n  b\n\t c", "a; b c"), ("\r\n b", "b"), ("a\r\n  \r\n b", "a b"),
    ])
  func `a folded field is put together with spaces`(lines: String, value: String) throws {
    let response = try Self.response("HTTP/1.1 101 x", "A: \(lines)", "B: c")
    #expect(!response.hasMalformedField)
    #expect(response.fields.map { $0.value.text } == [value, "c"])
  }

  @Test func `lines that end in LF alone are taken`() throws {
    let response = try ResponseHead("HTTP/1.1 101 x\nA: b\nC: d\n\n".bytes)
    #expect(response.status == 101)
    #expect(response.fields.map { $0.value.text } == ["b", "d"])
  }

  @Test(arguments: [204, 304]) func `a status that never has a body has none, whatever the head says`(status: Int)
    throws
  {
    let response = try Self.response("HTTP/1.1 \(status) x", "Content-Length: 5", "Transfer-Encoding: chunked")
    #expect(response.contentLength == 0)
    #expect(!response.isChunked)
  }

  @Test func `bytes that are no whole head are refused and never trap`() {
    for text in ["", "\r\n", "\r\n\r\n", "\n", "\n\n", "x\n", "HTTP/1.1 101 x"] {
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
