import PerMessageDeflate
import SystemPackage
import Testing
import WebSocketProtocol

@testable import Westwind

/// The text of a client's request, byte for byte.
struct RequestTextTests {
  /// What the fields of a request come to.
  private func text(
    _ configure: (inout WebSocketRequest) -> Void
  ) throws(WebSocketError) -> (head: String, handshake: ClientHandshake) {
    var request = WebSocketRequest(host: "example.org", url: "/chat?room=1")
    configure(&request)
    let text = try RequestText(request, key: SampleHandshake.key)
    return ((text.head.opening + text.head.closing).text, text.handshake)
  }

  private func lines(
    named name: String, _ configure: (inout WebSocketRequest) -> Void
  ) throws -> [String] {
    try text(configure).head.split(separator: "\r\n").filter { $0.hasPrefix(name + ": ") }.map {
      String($0.dropFirst(name.count + 2))
    }
  }

  /// What a client says to an answer with these lines more.
  private func check(_ handshake: ClientHandshake, adding lines: [String]) throws -> String? {
    try handshake.check(ResponseHead(head(SampleHandshake.acceptanceLines + lines).bytes))?.text
  }

  @Test func `the request is Zephyr's: request line, Host, the handshake's fields, an empty line`() throws {
    #expect(
      try text { _ in }.head == """
        GET /chat?room=1 HTTP/1.1\r
        Host: example.org\r
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
        Upgrade: websocket\r
        Connection: Upgrade\r
        Sec-WebSocket-Version: 13\r
        \r

        """)
  }

  @Test func `everything that can be asked for stands in its place`() throws {
    let (text, handshake) = try text { request in
      request.origin = "http://foobar"
      request.optionalHeaders = ["Authorization: Basic Zm9vOmJhcg==", "X-Trace:  7 \r\n"]
      request.subprotocols = ["mqtt", "chat.v2"]
    }
    #expect(
      text == """
        GET /chat?room=1 HTTP/1.1\r
        Host: example.org\r
        Origin: http://foobar\r
        Authorization: Basic Zm9vOmJhcg==\r
        X-Trace: 7\r
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
        Upgrade: websocket\r
        Connection: Upgrade\r
        Sec-WebSocket-Version: 13\r
        Sec-WebSocket-Protocol: mqtt, chat.v2\r
        \r

        """)
    #expect(try check(handshake, adding: ["Sec-WebSocket-Protocol: mqtt"]) == "mqtt")
  }

  @Test(arguments: ["example.org:9001", "[::1]:9001"])
  func `Host carries the port as the caller gave it`(host: String) throws {
    #expect(try lines(named: "Host") { $0.host = host } == [host])
  }

  @Test func `a Sec-WebSocket-Protocol header of the caller's counts as an offer`() throws {
    let configure = { (request: inout WebSocketRequest) in
      request.subprotocols = ["a"]
      request.optionalHeaders = ["sec-websocket-protocol: b, c"]
    }
    let (text, handshake) = try text(configure)
    #expect(try lines(named: "Sec-WebSocket-Protocol", configure) == ["a, b, c"])
    #expect(!text.contains("sec-websocket-protocol"))
    #expect(try check(handshake, adding: ["Sec-WebSocket-Protocol: b"]) == "b")
  }

  @Test func `a server may choose no subprotocol`() throws {
    let (text, handshake) = try text { $0.subprotocols = ["a"] }
    #expect(text.contains("\r\nSec-WebSocket-Protocol: a\r\n"))
    #expect(try check(handshake, adding: []) == nil)
  }

  // MARK: Compression

  private static func wishes(_ change: (inout PerMessageDeflateOptions) -> Void) -> PerMessageDeflateOptions {
    var wishes = PerMessageDeflateOptions()
    change(&wishes)
    return wishes
  }

  @Test(
    arguments: [
      (wishes { _ in }, "permessage-deflate; client_max_window_bits"),
      (wishes { $0.offersClientMaxWindowBits = false }, "permessage-deflate"),
      (
        wishes { $0.serverNoContextTakeover = true },
        "permessage-deflate; server_no_context_takeover; client_max_window_bits"
      ),
      (
        wishes {
          $0.clientNoContextTakeover = true
          $0.serverMaxWindowBits = 10
          $0.clientMaxWindowBits = 9
        },
        "permessage-deflate; client_no_context_takeover; server_max_window_bits=10; client_max_window_bits=9"
      ),
    ])
  func `the offer of compression is one field, and says what is asked for`(
    compression: PerMessageDeflateOptions, offer: String
  ) throws {
    #expect(try lines(named: "Sec-WebSocket-Extensions") { $0.options.compression = compression } == [offer])
    let (_, handshake) = try text { $0.options.compression = compression }
    #expect(try check(handshake, adding: []) == nil)
  }

  @Test func `without the option nothing is offered, and an answer is refused`() throws {
    #expect(try lines(named: "Sec-WebSocket-Extensions") { $0.options.compression = nil } == [])
    let (_, handshake) = try text { $0.options.compression = nil }
    #expect(throws: HandshakeViolation.extensionNotOffered) {
      try check(handshake, adding: ["Sec-WebSocket-Extensions: permessage-deflate"])
    }
  }

  // MARK: Mistakes

  /// One mistake in a request.
  struct Mistake: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var expected: HandshakeTextError
    var make: @Sendable (inout WebSocketRequest) -> Void

    init(
      _ testDescription: String, _ expected: HandshakeTextError,
      _ make: @escaping @Sendable (inout WebSocketRequest) -> Void
    ) {
      self.testDescription = testDescription
      self.expected = expected
      self.make = make
    }
  }

  static let mistakes = [
    Mistake("header with CR LF", .badFieldValue(name: "A".bytes)) { $0.optionalHeaders = ["A: 1\r\nB: 2"] },
    Mistake("header with LF", .badFieldValue(name: "A".bytes)) { $0.optionalHeaders = ["A: 1\nB: 2"] },
    Mistake("header with two line ends", .badFieldValue(name: "A".bytes)) { $0.optionalHeaders = ["A: 1\r\n\r\n"] },
    Mistake("header with NUL", .badFieldValue(name: "A".bytes)) { $0.optionalHeaders = ["A: \0"] },
    Mistake("header without a colon", .fieldWithoutColon("Authorization".bytes)) {
      $0.optionalHeaders = ["Authorization"]
    },
    Mistake("header without a name", .badFieldName([])) { $0.optionalHeaders = [": 1"] },
    Mistake("header with a space in its name", .badFieldName("A B".bytes)) { $0.optionalHeaders = ["A B: 1"] },
    Mistake("header that the handshake writes", .reservedField(name: "UPGRADE".bytes)) {
      $0.optionalHeaders = ["UPGRADE: h2c"]
    },
    Mistake("second header is bad", .fieldWithoutColon([])) { $0.optionalHeaders = ["A: 1", ""] },
    Mistake("empty host", .badHost([])) { $0.host = "" },
    Mistake("host with CR LF", .badHost("a\r\nX: 1".bytes)) { $0.host = "a\r\nX: 1" },
    Mistake("host with a space", .badHost("a b".bytes)) { $0.host = "a b" },
    Mistake("empty url", .badTarget([])) { $0.url = "" },
    Mistake("url with a space", .badTarget("/a b".bytes)) { $0.url = "/a b" },
    Mistake("url with CR LF", .badTarget("/ HTTP/1.1\r\n".bytes)) { $0.url = "/ HTTP/1.1\r\n" },
    Mistake("origin with LF", .badFieldValue(name: "Origin".bytes)) { $0.origin = "http://a\nX: 1" },
    Mistake("subprotocol with a comma", .badSubprotocol("a,b".bytes)) { $0.subprotocols = ["a,b"] },
    Mistake("empty subprotocol", .badSubprotocol([])) { $0.subprotocols = [""] },
    Mistake("subprotocol twice", .duplicateSubprotocol("a".bytes)) { $0.subprotocols = ["a", "b", "a"] },
  ]

  @Test(arguments: mistakes)
  func `a bad request is refused before there is any text of it`(mistake: Mistake) {
    let error = failure { () throws(WebSocketError) in try text(mistake.make) }
    #expect(error == .invalidArgument(.handshakeText(mistake.expected)))
    #expect(error?.errno == .invalidArgument)
  }
}
