import Testing
import WebSocketProtocol

/// The same odd heads, once as a response, which is read as programs out there need it, and once as a request, which is read
/// strictly: who reads a request otherwise than a proxy in front of it lets requests in that the proxy has not seen.
struct LineEndTests {
  static let requestLine = "GET /chat HTTP/1.1"
  static let statusLine = "HTTP/1.1 101 Switching Protocols"
  static let requestFields = [
    "Host: example.org", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version: 13",
  ]
  static let responseFields = [
    "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
  ]

  /// - Parameters:
  ///   - end: what ends each line.
  ///   - extra: lines behind the others.
  static func answer(_ end: String, _ extra: [String] = []) throws -> [UInt8]? {
    let text = ([statusLine] + responseFields + extra + ["", ""]).joined(separator: end)
    guard let bytes = try head([text.bytes], isResponse: true).head else { return nil }
    let client = try ClientHandshake(key: HandshakeKey(nonce: Array("the sample nonce".utf8).span))
    _ = try client.check(try ResponseHead(bytes))
    return bytes
  }

  static func request(_ end: String, _ extra: [String] = []) throws -> [UInt8]? {
    let text = ([requestLine] + requestFields + extra + ["", ""]).joined(separator: end)
    guard let bytes = try head([text.bytes]).head else { return nil }
    _ = try ServerHandshake(request: bytes)
    return bytes
  }

  @Test func `a good head is taken as both`() throws {
    #expect(try Self.answer("\r\n") != nil)
    #expect(try Self.request("\r\n") != nil)
    #expect(try Self.request("\r\n", ["Content-Length: 0"]) != nil)
  }

  @Test func `LF alone is taken in a response and refused in a request`() throws {
    #expect(try Self.answer("\n") != nil)
    let error = #expect(throws: HandshakeViolation.self) { try Self.request("\n") }
    #expect(Self.isAnsweredWith400(error))
  }

  @Test(arguments: ["X-Device: a=1;\r\n b=2", "X-Device: a=1;\r\n\tb=2"])
  func `a folded field is taken in a response and refused in a request`(field: String) throws {
    #expect(try Self.answer("\r\n", [field]) != nil)
    let error = #expect(throws: HandshakeViolation.self) { try Self.request("\r\n", [field]) }
    #expect(Self.isAnsweredWith400(error))
  }

  @Test(arguments: [
    ["Content-Length: 0", "Content-Length: 0"], ["Content-Length: 0", "Content-Length: 5"], ["Content-Length: 0, 0"],
    ["Content-Length: 5"], ["Content-Length: 00"], ["Content-Length: +0"], ["Content-Length:"],
    ["Transfer-Encoding: chunked"], ["Transfer-Encoding: identity"],
    ["Content-Length: 0", "transfer-encoding: chunked"],
  ])
  func `two lengths, and a body, are passed over in a response and refused in a request`(fields: [String]) throws {
    #expect(try Self.answer("\r\n", fields) != nil)
    let error = #expect(throws: HandshakeViolation.bodyAnnounced) { try Self.request("\r\n", fields) }
    #expect(Self.isAnsweredWith400(error))
  }

  private static func isAnsweredWith400(_ error: HandshakeViolation?) -> Bool {
    error.map { ServerHandshake.refusal(of: $0).starts(with: "HTTP/1.1 400 ".utf8) } ?? false
  }
}
