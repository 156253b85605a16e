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
