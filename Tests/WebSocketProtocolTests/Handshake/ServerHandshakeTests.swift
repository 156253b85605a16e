import Testing
import WebSocketProtocol

struct ServerHandshakeTests {
  static let good = [
    "Host: server.example.com", "Upgrade: websocket", "Connection: Upgrade",
    "Sec-WebSocket-Key: " + SampleHandshake.keyText, "Sec-WebSocket-Version: 13",
  ]

  static func request(
    _ fields: [String] = good, line: String = "GET /chat HTTP/1.1"
  ) throws(HandshakeViolation) -> ServerHandshake {
    try ServerHandshake(request: ([line] + fields + ["", ""]).joined(separator: "\r\n").bytes)
  }

  /// The good fields with one put in another's place, or left out.
  static func with(_ replacement: String?, for name: String) -> [String] {
    good.compactMap { $0.hasPrefix(name + ":") ? replacement : $0 }
  }

  @Test func `the request of RFC 6455 1.2 is taken`() throws {
    let request = try Self.request(
      Self.good + ["Origin: http://example.com", "Sec-WebSocket-Protocol: chat, superchat"])
    #expect(request.target.text == "/chat")
    #expect(request.key.text.text == SampleHandshake.keyText)
    #expect(request.subprotocols.map { $0.text } == ["chat", "superchat"])
    #expect(request.fields.values(of: "origin").map { $0.text } == ["http://example.com"])
  }

  @Test func `the request of a browser is taken`() throws {
    let request = try Self.request([
      "Host: localhost:8080", "Connection: keep-alive, Upgrade", "Pragma: no-cache", "Upgrade: websocket",
      "Sec-WebSocket-Version: 13", "Accept-Encoding: gzip, deflate, br",
      "Sec-WebSocket-Key: " + SampleHandshake.keyText,
      "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits",
      "sec-websocket-protocol: a", "SEC-WEBSOCKET-PROTOCOL: b,c",
    ])
    #expect(request.subprotocols.map { $0.text } == ["a", "b", "c"])
  }

  @Test(
    arguments: ["upgrade:WebSocket", "UPGRADE: h2c, WEBSOCKET"], ["connection:upgrade", "Connection: close,UPGRADE"])
  func `Upgrade and Connection are read without case and in lists`(upgrade: String, connection: String) throws {
    _ = try Self.request(Self.with(nil, for: "Upgrade").filter { !$0.hasPrefix("Conn") } + [upgrade, connection])
  }

  @Test(arguments: [
    "GET  HTTP/1.1", "GET / x HTTP/1.1", "GET /", "/ HTTP/1.1", "GET / HTTP/2.0", "GET / http/1.1", "GET\t/ HTTP/1.1",
    "",
    "GET /a\rb HTTP/1.1", "GET /a\u{0} HTTP/1.1", "GET / HTTP/1.1 ",
  ])
  func `what is no request line is not HTTP`(line: Raw) {
    #expect(throws: HandshakeViolation.notHTTP) { try Self.request(line: line.string) }
  }

  @Test(arguments: ["POST", "HEAD", "get", "CONNECT"])
  func `a method other than GET is refused`(method: String) {
    #expect(throws: HandshakeViolation.methodNotGet) { try Self.request(line: method + " / HTTP/1.1") }
  }

  @Test func `HTTP/1.0 cannot be upgraded`() {
    #expect(throws: HandshakeViolation.versionTooOld) { try Self.request(line: "GET / HTTP/1.0") }
  }

  static let violations: [(name: String, replacement: String?, violation: HandshakeViolation)] = [
    ("Host", nil, .hostMissing),
    ("Host", "Host: a\r\nHost: a", .hostMissing),
    ("Upgrade", nil, .upgradeMissing),
    ("Upgrade", "Upgrade: h2c", .upgradeMissing),
    ("Connection", nil, .connectionMissing),
    ("Connection", "Connection: keep-alive", .connectionMissing),
    ("Sec-WebSocket-Version", nil, .versionNotSupported),
    ("Sec-WebSocket-Version", "Sec-WebSocket-Version: 8", .versionNotSupported),
    ("Sec-WebSocket-Version", "Sec-WebSocket-Version: 013", .versionNotSupported),
    ("Sec-WebSocket-Version", "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Version: 13", .versionNotSupported),
    ("Sec-WebSocket-Key", nil, .keyInvalid),
    ("Sec-WebSocket-Key", "Sec-WebSocket-Key:", .keyInvalid),
    ("Sec-WebSocket-Key", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=", .keyInvalid),
    (
      "Sec-WebSocket-Key", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
      .keyInvalid
    ),
    ("Host", "Host: a\r\n folded", .malformedField),
    ("Host", "Host : a", .malformedField),
    ("Host", "Host: a\u{0}", .malformedField),
    ("Host", "Host: a\nX: y", .malformedField),
  ]

  @Test(arguments: violations.indices)
  func `a request that lacks something is refused with what it lacks`(row: Int) {
    let (name, replacement, violation) = Self.violations[row]
    #expect(throws: violation) { try Self.request(Self.with(replacement, for: name)) }
  }

  // MARK: the answer

  @Test func `the answer has these lines in this order`() throws {
    let request = try Self.request(Self.good + ["Sec-WebSocket-Protocol: chat"])
    let answer = request.response(subprotocol: "chat".bytes)
    #expect(
      answer.text == """
        HTTP/1.1 101 Switching Protocols\r
        Upgrade: websocket\r
        Connection: Upgrade\r
        Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r
        Sec-WebSocket-Protocol: chat\r
        \r

        """)
  }

  @Test(arguments: [nil, "a", "b"])
  func `a client takes the answer`(subprotocol: String?) throws {
    let client = try ClientHandshake(key: SampleHandshake.key, subprotocols: ["a".bytes, "b".bytes])
    let head = try client.request(target: "/".bytes, host: "h".bytes)
    let server = try ServerHandshake(request: head.opening + head.closing)
    let answer = server.response(subprotocol: subprotocol?.bytes)
    let chosen = try client.check(try ResponseHead(answer))
    #expect(chosen?.text == subprotocol)
  }

  @Test(
    arguments: [
      (.notHTTP, 400), (.malformedField, 400), (.hostMissing, 400), (.keyInvalid, 400), (.methodNotGet, 405),
      (.upgradeMissing, 426), (.connectionMissing, 426), (.versionNotSupported, 426), (.headTooLarge(limit: 9), 431),
      (.versionTooOld, 505),
    ] as [(HandshakeViolation, Int)])
  func `a refusal is a whole response with the status that fits`(violation: HandshakeViolation, status: Int) throws {
    let bytes = ServerHandshake.refusal(of: violation)
    let (head, rest) = try head([bytes])
    #expect(head == bytes)
    #expect(rest.isEmpty)
    let response = try ResponseHead(bytes)
    #expect(response.status == status)
    #expect(response.contentLength == 0)
    #expect(response.fields.list(of: "connection").map { $0.text }.contains("close"))
    #expect(response.fields.values(of: "allow").map { $0.text } == (status == 405 ? ["GET"] : []))
    #expect(response.fields.values(of: "sec-websocket-accept").isEmpty)
    // RFC 9110 15.5.22 and 7.8, RFC 6455 4.4
    #expect(response.fields.values(of: "upgrade").map { $0.text } == (status == 426 ? ["websocket"] : []))
    #expect(response.fields.list(of: "connection").map { $0.text }.contains("Upgrade") == (status == 426))
    #expect(response.fields.values(of: "sec-websocket-version").map { $0.text } == (status == 426 ? ["13"] : []))
  }

  @Test func `a refusal of the server's own is a whole response, without what cannot stand in a head`() throws {
    let bytes = ServerHandshake.refusal(
      status: 401, reason: "Unauthorized".bytes,
      fields: [
        HeaderField(name: "WWW-Authenticate".bytes, value: "Basic realm=\"a\"".bytes),
        HeaderField(name: "X".bytes, value: "a\r\nSet-Cookie: b".bytes),
        HeaderField(name: "a b".bytes, value: "c".bytes),
      ], body: "who?".bytes)
    #expect(
      bytes.text == """
        HTTP/1.1 401 Unauthorized\r
        WWW-Authenticate: Basic realm="a"\r
        Connection: close\r
        Content-Length: 4\r
        \r
        who?
        """)
    #expect(try ResponseHead(Array(bytes.dropLast(4))).status == 401)
  }
}
