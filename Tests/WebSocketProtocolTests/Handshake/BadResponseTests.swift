import Testing
import WebSocketProtocol

/// Responses that say 101 and are not what RFC 6455 4.1 asks for, and such as are no responses.
struct BadResponseTests {
  static func acceptance(of request: RequestText, without name: String, adding lines: [String] = []) -> String {
    response(request.acceptanceLines.filter { !$0.hasPrefix(name) } + lines)
  }

  @Test func `a 101 without Upgrade is refused`() throws {
    #expect(try violation { Self.acceptance(of: $0, without: "Upgrade") } == .upgradeMissing)
  }

  @Test func `a 101 that upgrades to something else is refused`() throws {
    #expect(
      try violation { Self.acceptance(of: $0, without: "Upgrade", adding: ["Upgrade: h2c"]) } == .upgradeMissing)
  }

  @Test func `a 101 without Connection is refused`() throws {
    #expect(try violation { Self.acceptance(of: $0, without: "Connection") } == .connectionMissing)
  }

  @Test func `a 101 whose Connection does not say Upgrade is refused`() throws {
    #expect(
      try violation { Self.acceptance(of: $0, without: "Connection", adding: ["Connection: keep-alive"]) }
        == .connectionMissing)
  }

  @Test func `Upgrade and Connection are lists, in any case`() throws {
    let outcome = try violation { request in
      response([
        "HTTP/1.1 101", "upgrade: WebSocket", "CONNECTION: keep-alive, UPGRADE",
        "Sec-WebSocket-Accept: \(request.accept)",
      ])
    }
    #expect(outcome == nil)
  }

  @Test func `a subprotocol that was not offered is refused`() throws {
    #expect(
      try violation(offering: ["mqtt"]) {
        response($0.acceptanceLines + ["Sec-WebSocket-Protocol: chat"])
      }
        == .subprotocolNotOffered)
  }

  @Test func `a subprotocol where none was offered is refused`() throws {
    #expect(
      try violation { response($0.acceptanceLines + ["Sec-WebSocket-Protocol: chat"]) } == .subprotocolNotOffered)
  }

  @Test func `two subprotocols are refused`() throws {
    #expect(
      try violation(offering: ["a", "b"]) {
        response($0.acceptanceLines + ["Sec-WebSocket-Protocol: a, b"])
      }
        == .subprotocolNotOffered)
  }

  @Test func `a subprotocol in another case is another subprotocol`() throws {
    #expect(
      try violation(offering: ["mqtt"]) {
        response($0.acceptanceLines + ["Sec-WebSocket-Protocol: MQTT"])
      }
        == .subprotocolNotOffered)
  }

  @Test func `an extension that was not offered is refused`() throws {
    #expect(
      try violation { response($0.acceptanceLines + ["Sec-WebSocket-Extensions: permessage-deflate"]) }
        == .extensionNotOffered)
  }

  @Test func `HTTP 1.0 is refused`() throws {
    #expect(
      try violation { response(["HTTP/1.0 101 Switching Protocols"] + $0.acceptanceLines.dropFirst()) }
        == .versionTooOld)
  }

  @Test(arguments: [
    "SSH-2.0-OpenSSH_9.2\r\n\r\n", "\r\n\r\n", "HTTP/1.1\r\n\r\n", "HTTP/1.1 abc\r\n\r\n", "ICY 200 OK\r\n\r\n",
  ])
  func `what is not HTTP is refused as that`(answer: String) throws {
    #expect(try violation { _ in answer } == .notHTTP)
  }

  @Test func `a malformed field is refused`() throws {
    #expect(try violation { response($0.acceptanceLines + ["no colon"]) } == .malformedField)
    #expect(try violation { response($0.acceptanceLines + ["no colon"]) } == .malformedField)
    #expect(try violation { response($0.acceptanceLines + ["A: 1\0"]) } == .malformedField)
  }

  @Test func `a status of 200 is no WebSocket, however right the rest is`() throws {
    let outcome = try violation { request in
      response(["HTTP/1.1 200 OK"] + request.acceptanceLines.dropFirst() + ["Content-Length: 0"])
    }
    #expect(outcome == .status(200))
  }
}
