import Testing
import WebSocketProtocol

struct ClientHandshakeTests {
  static func client(_ subprotocols: [String] = []) throws(HandshakeTextError) -> ClientHandshake {
    try ClientHandshake(key: SampleHandshake.key, subprotocols: subprotocols.map { $0.bytes })
  }

  static func request(
    target: String = "/", host: String = "example.com", origin: String? = nil, fields: [String] = []
  ) throws(HandshakeTextError) -> ClientHandshake.RequestHead {
    var checked: [HeaderField] = []
    for field in fields { checked.append(try HeaderField(line: field.bytes)) }
    return try client().request(
      target: target.bytes, host: host.bytes, origin: origin.map { $0.bytes }, fields: checked)
  }

  // MARK: the request

  @Test func `the request has these lines in this order`() throws {
    let request = try Self.client(["mqtt", "chat.v2"]).request(
      target: "/chat?x=1".bytes, host: "server.example.com:8080".bytes, origin: "http://example.com".bytes,
      fields: [try HeaderField(line: "Authorization: Basic eDp5\r\n".bytes), try HeaderField(line: "X-Empty:".bytes)])
    #expect(
      request.opening.text == """
        GET /chat?x=1 HTTP/1.1\r
        Host: server.example.com:8080\r
        Origin: http://example.com\r
        Authorization: Basic eDp5\r
        X-Empty: \r

        """)
    #expect(
      request.closing.text == """
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
        Upgrade: websocket\r
        Connection: Upgrade\r
        Sec-WebSocket-Version: 13\r
        Sec-WebSocket-Protocol: mqtt, chat.v2\r
        \r

        """)
  }

  @Test func `origin and subprotocols are left out where there are none`() throws {
    let request = try Self.request()
    #expect(request.opening.text == "GET / HTTP/1.1\r\nHost: example.com\r\n")
    #expect(!request.closing.text.contains("Protocol"))
    #expect(request.closing.text.hasSuffix("Sec-WebSocket-Version: 13\r\n\r\n"))
  }

  @Test func `a server takes the request`() throws {
    let request = try Self.client(["a", "b"]).request(
      target: "/x".bytes, host: "h".bytes, fields: [try HeaderField(line: "X: y".bytes)])
    let server = try ServerHandshake(request: request.opening + request.closing)
    #expect(server.target.text == "/x")
    #expect(server.key == SampleHandshake.key)
    #expect(server.subprotocols.map { $0.text } == ["a", "b"])
    #expect(server.fields.values(of: "x").map { $0.text } == ["y"])
  }

  static let brokenTexts: [Raw] = [
    "", " ", "a b", "a\r\nX: y", "a\rb", "a\nb", "a\u{0}b", "a\tb", "a ", "a\u{7F}", "a\r\n",
  ]

  @Test(arguments: brokenTexts)
  func `a target that would break the request line is refused`(text: Raw) {
    #expect(throws: HandshakeTextError.badTarget(text.bytes)) { try Self.request(target: text.string) }
  }

  @Test(arguments: brokenTexts)
  func `a host that would break its field is refused`(text: Raw) {
    #expect(throws: HandshakeTextError.badHost(text.bytes)) { try Self.request(host: text.string) }
  }

  @Test(arguments: ["a\r\nX: y", "a\rb", "a\nb", "a\u{0}b", "\u{7F}", "a\r\n"])
  func `an origin with CR, LF, NUL or another control character is refused`(text: Raw) {
    #expect(throws: HandshakeTextError.badFieldValue(name: "Origin".bytes)) { try Self.request(origin: text.string) }
  }

  @Test(arguments: ["a\r\nX: y", "a\rb", "a\nb", "a\u{0}b", "\u{7F}", "a\r\n"])
  func `a caller's field with CR, LF or NUL is refused however it was made`(text: Raw) throws {
    let client = try Self.client()
    #expect(throws: HandshakeTextError.badFieldValue(name: "X".bytes)) {
      try client.request(
        target: "/".bytes, host: "h".bytes, fields: [HeaderField(name: "X".bytes, value: text.bytes)])
    }
    #expect(throws: HandshakeTextError.badFieldName(text.bytes)) {
      try client.request(
        target: "/".bytes, host: "h".bytes, fields: [HeaderField(name: text.bytes, value: "x".bytes)])
    }
  }

  @Test(arguments: [
    "Host", "Upgrade", "Connection", "Sec-WebSocket-Key", "Sec-WebSocket-Version", "Sec-WebSocket-Accept",
    "Sec-WebSocket-Extensions", "Content-Length", "Transfer-Encoding", "HOST", "sec-websocket-KEY",
  ])
  func `a field that the handshake writes itself is refused`(name: String) {
    #expect(throws: HandshakeTextError.reservedField(name: name.bytes)) { try Self.request(fields: [name + ": x"]) }
  }

  @Test(arguments: ["", "a b", "a,b", "a\r\nb", "a/b", "ä", "\"a\"", "a\u{0}"])
  func `a subprotocol that is no token is refused`(name: Raw) {
    #expect(throws: HandshakeTextError.badSubprotocol(name.bytes)) { try Self.client(["ok", name.string]) }
  }

  @Test func `a subprotocol named twice is refused`() throws {
    #expect(throws: HandshakeTextError.duplicateSubprotocol("a".bytes)) { try Self.client(["a", "b", "a"]) }
    _ = try Self.client(["a", "A"])  // names compare with case
  }

  // MARK: the response

  static let good = [
    "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Accept: " + SampleHandshake.accept,
  ]

  static func check(
    _ fields: [String], status: String = "HTTP/1.1 101 Switching Protocols", offering subprotocols: [String] = []
  ) throws -> String? {
    let response = try ResponseHead(([status] + fields + ["", ""]).joined(separator: "\r\n").bytes)
    return try client(subprotocols).check(response)?.text
  }

  @Test func `the response of RFC 6455 1.3 is taken`() throws {
    #expect(try Self.check(Self.good) == nil)
    #expect(try Self.check(Self.good + ["Sec-WebSocket-Protocol: chat"], offering: ["chat", "superchat"]) == "chat")
  }

  @Test func `names and the values of Upgrade and Connection are read without case, in lists and with white space`()
    throws
  {
    for upgrade in ["upgrade:WebSocket", "UPGRADE: WEBSOCKET", "Upgrade: h2c, websocket", "Upgrade: \t websocket \t"] {
      for connection in [
        "connection:upgrade", "CONNECTION: UPGRADE", "Connection: keep-alive, Upgrade", "Connection: Upgrade,close",
        "Connection: keep-alive\r\nConnection: Upgrade",
      ] {
        let accept = "sec-websocket-ACCEPT:" + SampleHandshake.accept + "  "
        #expect(try Self.check([accept, connection, upgrade]) == nil)
      }
    }
  }

  @Test(arguments: [100, 200, 204, 301, 302, 307, 400, 401, 403, 404, 407, 426, 500, 503])
  func `a status other than 101 is named, whatever else is there`(status: Int) {
    for version in ["HTTP/1.1", "HTTP/1.0"] {
      #expect(throws: HandshakeViolation.status(status)) { try Self.check([], status: "\(version) \(status) x") }
      #expect(throws: HandshakeViolation.status(status)) { try Self.check(Self.good, status: "\(version) \(status) x") }
    }
  }

  @Test func `a 101 of HTTP/1.0 is refused`() {
    #expect(throws: HandshakeViolation.versionTooOld) { try Self.check(Self.good, status: "HTTP/1.0 101 x") }
  }

  @Test(arguments: [
    nil, "Upgrade:", "Upgrade: h2c", "Upgrade: websocket2", "Upgrade: web socket", "X-Upgrade: websocket",
  ])
  func `without Upgrade: websocket there is no connection`(line: String?) {
    let fields = [line].compactMap { $0 } + Self.good.dropFirst()
    #expect(throws: HandshakeViolation.upgradeMissing) { try Self.check(fields) }
  }

  @Test(arguments: [nil, "Connection:", "Connection: keep-alive", "Connection: close", "Connection: Upgrades"])
  func `without Connection: Upgrade there is no connection`(line: String?) {
    let fields = [Self.good[0], Self.good[2]] + [line].compactMap { $0 }
    #expect(throws: HandshakeViolation.connectionMissing) { try Self.check(fields) }
  }

  @Test func `without an accept value, or with two, there is no connection`() {
    #expect(throws: HandshakeViolation.acceptMissing) { try Self.check(Array(Self.good[..<2])) }
    #expect(throws: HandshakeViolation.acceptMissing) { try Self.check(Self.good + [Self.good[2]]) }
    #expect(throws: HandshakeViolation.acceptMissing) {
      try Self.check(Self.good + ["Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA="])
    }
  }

  @Test func `an extension is refused, since none is offered`() {
    #expect(throws: HandshakeViolation.extensionNotOffered) {
      try Self.check(Self.good + ["Sec-WebSocket-Extensions: permessage-deflate"])
    }
  }

  @Test(arguments: ["chat", "MQTT", "mqtt, chat", "mqtt, mqtt", "mqtt2", "mqt"])
  func `a subprotocol that was not offered, or more than one, is refused`(value: String) {
    #expect(throws: HandshakeViolation.subprotocolNotOffered) {
      try Self.check(Self.good + ["Sec-WebSocket-Protocol: " + value], offering: ["mqtt", "amqp"])
    }
    #expect(throws: HandshakeViolation.subprotocolNotOffered) {
      try Self.check(Self.good + ["Sec-WebSocket-Protocol: " + value])
    }
  }

  @Test func `a server may choose none of the subprotocols`() throws {
    #expect(try Self.check(Self.good, offering: ["mqtt"]) == nil)
  }

  // MARK: what the caller writes itself

  @Test func `only what the caller has written itself is accepted, and there is no further line`() throws {
    var client = try Self.client(["a"])
    client.noteOffered(["b".bytes, "c".bytes])
    #expect(!client.closing.text.contains("Sec-WebSocket-Protocol"))
    let heads = try ["a", "b", "c"].map {
      try ResponseHead(response(RequestText().acceptanceLines + ["Sec-WebSocket-Protocol: \($0)"]).bytes)
    }
    #expect(throws: HandshakeViolation.subprotocolNotOffered) { try client.check(heads[0]) }
    #expect(try client.check(heads[1])?.text == "b")
    #expect(try client.check(heads[2])?.text == "c")
  }

  @Test func `a caller that has written no subprotocol leaves the offer as it is`() throws {
    var client = try Self.client(["a"])
    client.noteOffered([])
    #expect(client.closing.text.contains("\r\nSec-WebSocket-Protocol: a\r\n"))
    #expect(try Self.check(Self.good + ["Sec-WebSocket-Protocol: a"], offering: ["a"]) == "a")
  }
}
