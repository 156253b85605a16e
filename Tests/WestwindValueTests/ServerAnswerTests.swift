import HTTPTypes
import SystemPackage
import Testing
import WebSocketProtocol

@testable import Westwind

/// What a server reads in a request, and what it answers to those that it does not let in.
struct ServerAnswerTests {
  private static func request(_ firstLine: String, adding lines: [String] = []) throws -> HandshakeRequest {
    let lines =
      [
        firstLine, "Host: example.org", "Upgrade: websocket", "Connection: Upgrade",
        "Sec-WebSocket-Key: \(SampleHandshake.keyText)", "Sec-WebSocket-Version: 13",
      ] + lines
    return HandshakeRequest(try ServerHandshake(request: head(lines).bytes))
  }

  @Test(arguments: [
    ("/", "/"), ("/chat", "/chat"), ("/chat?", "/chat"), ("//other/chat?x", "//other/chat"), ("/a?b/c", "/a"),
    ("http://example.org/chat?x=1", "/chat"), ("http://example.org", "/"), ("http://example.org?x", "/"), ("*", "*"),
  ])
  func `the path is cut out of any form of target`(target: String, path: String) throws {
    let request = try Self.request("GET \(target) HTTP/1.1")
    #expect(request.path == path)
    #expect(request.target == target)
  }

  @Test func `fields, origin and subprotocols are there as the client wrote them`() throws {
    let request = try Self.request(
      "GET /a%20b?x=1?2 HTTP/1.1",
      adding: [
        "Origin: https://example.org", "Cookie: a=1", "Cookie: b=2", "Authorization: Bearer t",
        "Sec-WebSocket-Protocol: chat, echo",
      ])
    #expect(request.path == "/a%20b")
    #expect(request.origin == "https://example.org")
    #expect(request.fields[.authorization] == "Bearer t")
    #expect(request.fields[values: .cookie] == ["a=1", "b=2"])
    #expect(request.subprotocols == ["chat", "echo"])
  }

  /// A refusal's response, taken apart as a client does.
  private func read(_ refusal: HandshakeRefusal) throws -> (head: HandshakeResponse, body: String) {
    var reader = HeadReader(limit: 16384)
    var index = 0
    let bytes = refusal.response
    let head = try #require(try reader.read(bytes.span, from: &index))
    return (HandshakeResponse(try ResponseHead(head)), Array(bytes[index...]).text)
  }

  static let refusals: [(HandshakeRefusal, status: Int, reason: String)] = [
    (.forbidden, 403, "Forbidden"), (.notFound, 404, "Not Found"),
    (.unauthorized(challenge: "Basic realm=\"chat\""), 401, "Unauthorized"),
    (HandshakeRefusal(status: 302, fields: [.location: "/other"]), 302, "Found"),
    (HandshakeRefusal(status: 418, body: "a teapot\n"), 418, ""),
    // What would tell the client that something was agreed on.
    (HandshakeRefusal(status: 101), 500, "Internal Server Error"),
    (HandshakeRefusal(status: 200), 500, "Internal Server Error"),
    (HandshakeRefusal(status: -7), 500, "Internal Server Error"),
  ]

  @Test(arguments: refusals)
  func `a refusal is a whole response that says it`(refusal: HandshakeRefusal, status: Int, reason: String) throws {
    let (head, body) = try read(refusal)
    #expect(head.status == status)
    #expect(head.reason == reason)
    #expect(body == refusal.body)
    #expect(head.fields[.wwwAuthenticate] == refusal.fields[.wwwAuthenticate])
    #expect(head.fields[.location] == refusal.fields[.location])
    #expect(head.fields[.connection] == "close")
    #expect(head.fields[.contentLength] == "\(refusal.body.utf8.count)")
    #expect(head.fields[.contentType] == (refusal.body.isEmpty ? nil : "text/plain; charset=utf-8"))
    let error = WebSocketError.handshake(HandshakeError(.refused(refusal)))
    #expect(error.errno == .connectionAbort)
    #expect(error.description == "onRequest refused the client with status \(refusal.status)")
  }

  @Test func `fields of a refusal cannot break its head apart, nor say what the handshake says itself`() throws {
    let refusal = HandshakeRefusal(
      status: 403,
      fields: [
        .location: "/\r\nSec-WebSocket-Accept: x", .connection: "keep-alive", .contentLength: "99",
        .transferEncoding: "chunked",
      ], body: "no")
    let (head, body) = try read(refusal)
    #expect(head.fields[values: .connection] == ["close"])
    #expect(head.fields[values: .contentLength] == ["2"])
    #expect(head.fields[.transferEncoding] == nil)
    #expect(head.fields[HTTPField.Name("Sec-WebSocket-Accept")!] == nil)
    #expect(body == "no")
  }
}
