import SystemPackage
import Testing
import WebSocketProtocol
import Westwind
import WestwindTestSupport

/// Responses that say 101 and are not what RFC 6455 4.1 asks for, and such as are no responses.
struct BadResponseTests {
  func cause(
    _ configure: (inout WebSocketRequest) -> Void = { _ in }, _ answer: @escaping @Sendable (HTTPHead) -> String
  ) throws -> HandshakeError.Cause? {
    let attempt = try attempt(configure, answer: answer)
    #expect(attempt.error?.errno == .connectionAbort)
    return attempt.error?.handshake?.cause
  }

  static func acceptance(of request: HTTPHead, without name: String, adding lines: [String] = []) -> String {
    response(request.acceptanceLines.filter { !$0.hasPrefix(name) } + lines)
  }

  @Test func `a 101 without Upgrade is refused`() throws {
    #expect(try cause { Self.acceptance(of: $0, without: "Upgrade") } == .text(.upgradeMissing))
  }

  @Test func `a 101 that upgrades to something else is refused`() throws {
    #expect(
      try cause { Self.acceptance(of: $0, without: "Upgrade", adding: ["Upgrade: h2c"]) } == .text(.upgradeMissing))
  }

  @Test func `a 101 without Connection is refused`() throws {
    #expect(try cause { Self.acceptance(of: $0, without: "Connection") } == .text(.connectionMissing))
  }

  @Test func `a 101 whose Connection does not say Upgrade is refused`() throws {
    #expect(
      try cause { Self.acceptance(of: $0, without: "Connection", adding: ["Connection: keep-alive"]) }
        == .text(.connectionMissing))
  }

  @Test func `Upgrade and Connection are lists, in any case`() throws {
    let attempt = try attempt { request in
      response([
        "HTTP/1.1 101", "upgrade: WebSocket", "CONNECTION: keep-alive, UPGRADE",
        "Sec-WebSocket-Accept: \(request.accept)",
      ])
    }
    #expect(attempt.error == nil)
  }

  @Test func `a subprotocol that was not offered is refused`() throws {
    #expect(
      try cause {
        $0.subprotocols = ["mqtt"]
      } _: {
        response($0.acceptanceLines + ["Sec-WebSocket-Protocol: chat"])
      }
        == .text(.subprotocolNotOffered))
  }

  @Test func `a subprotocol where none was offered is refused`() throws {
    #expect(
      try cause { response($0.acceptanceLines + ["Sec-WebSocket-Protocol: chat"]) } == .text(.subprotocolNotOffered))
  }

  @Test func `two subprotocols are refused`() throws {
    #expect(
      try cause {
        $0.subprotocols = ["a", "b"]
      } _: {
        response($0.acceptanceLines + ["Sec-WebSocket-Protocol: a, b"])
      }
        == .text(.subprotocolNotOffered))
  }

  @Test func `a subprotocol in another case is another subprotocol`() throws {
    #expect(
      try cause {
        $0.subprotocols = ["mqtt"]
      } _: {
        response($0.acceptanceLines + ["Sec-WebSocket-Protocol: MQTT"])
      }
        == .text(.subprotocolNotOffered))
  }

  @Test func `an extension that was not offered is refused`() throws {
    #expect(
      try cause { response($0.acceptanceLines + ["Sec-WebSocket-Extensions: permessage-deflate"]) }
        == .text(.extensionNotOffered))
  }

  @Test func `HTTP 1.0 is refused`() throws {
    #expect(
      try cause { response(["HTTP/1.0 101 Switching Protocols"] + $0.acceptanceLines.dropFirst()) }
        == .text(.versionTooOld))
  }

  @Test(arguments: [
    "SSH-2.0-OpenSSH_9.2\r\n\r\n", "\r\n\r\n", "HTTP/1.1\r\n\r\n", "HTTP/1.1 abc\r\n\r\n", "ICY 200 OK\r\n\r\n",
  ])
  func `what is not HTTP is refused as that`(answer: String) throws {
    #expect(try cause { _ in answer } == .text(.notHTTP))
  }

  @Test func `a malformed field is refused`() throws {
    #expect(try cause { response($0.acceptanceLines + ["no colon"]) } == .text(.malformedField))
    #expect(try cause { response($0.acceptanceLines + [" folded: line"]) } == .text(.malformedField))
    #expect(try cause { response($0.acceptanceLines + ["A: 1\0"]) } == .text(.malformedField))
  }

  @Test func `a head of 64 KiB gives an error that names the limit`() throws {
    let attempt = try attempt { request in
      response(request.acceptanceLines + ["X-Filler: \(String(repeating: "x", count: 65536))"])
    }
    #expect(attempt.error?.handshake?.cause == .text(.headTooLarge(limit: 16384)))
    #expect(
      attempt.error?.description
        == "the handshake failed: the peer's head is over the limit of 16384 bytes (maxResponseHeadSize)")
    #expect(attempt.responses == [])
  }

  @Test func `a head of 64 KiB is taken where the limit allows it`() throws {
    let attempt = try attempt {
      $0.options.maxResponseHeadSize = 70_000
    } answer: { request in
      response(request.acceptanceLines + ["X-Filler: \(String(repeating: "x", count: 65536))"])
    }
    #expect(attempt.error == nil)
  }

  @Test func `a head of exactly the limit is taken, and of one byte more is not`() throws {
    let size = HTTPHead(text: "GET /\r\nSec-WebSocket-Key: \(String(repeating: "A", count: 22))==").acceptance.utf8
      .count
    #expect(
      try attempt {
        $0.options.maxResponseHeadSize = size
      } answer: {
        $0.acceptance
      }.error == nil)
    #expect(
      try cause {
        $0.options.maxResponseHeadSize = size - 1
      } _: {
        $0.acceptance
      }
        == .text(.headTooLarge(limit: size - 1)))
  }
}
