import SystemPackage
import Testing
import WebSocketProtocol
import Westwind
import WestwindTestSupport

/// `Sec-WebSocket-Accept` is compared whole (Zephyr's handshake tests, and more).
struct AcceptValueTests {
  /// The outcome for a response with other lines in place of the accept line.
  func outcome(_ lines: @escaping @Sendable (String) -> [String]) throws -> Attempt {
    try attempt { request in response(request.acceptanceLines.dropLast() + lines(request.accept)) }
  }

  @Test(arguments: Wire.allCases)
  func `the right value is accepted`(wire: Wire) throws {
    let attempt = try attempt(over: wire) { $0.acceptance }
    #expect(attempt.error == nil)
    #expect(attempt.responses.map { $0.status } == [101])
  }

  @Test func `the right value in two segments is accepted`() throws {
    try withAttempt { peer in
      let text = try peer.readHead().acceptance.bytes
      try peer.write(Array(text.dropLast(14)))
      // Not before the client has taken the first segment, since the two would be one.
      try peer.waitUntilTaken()
      try peer.write(Array(text.suffix(14)))
    } _: { attempt in
      #expect(attempt.error == nil)
    }
  }

  @Test func `a wrong value at the very end of a full receive buffer is refused`() throws {
    let attempt = try attempt { request in
      request.options.receiveBufferSize = 256
    } answer: { request in
      let start = response(request.acceptanceLines.dropLast() + ["X: "]).bytes.count - 4
      let accept = "\r\nSec-WebSocket-Accept: \(request.accept.dropLast())A"
      let filler = String(repeating: "x", count: 256 - start - accept.bytes.count)
      let text = request.acceptanceLines.dropLast().map { $0 + "\r\n" }.joined() + "X: " + filler + accept
      precondition(text.bytes.count == 256)
      return text + "\r\nX: \(String(repeating: "y", count: 300))\r\n\r\n"
    }
    #expect(attempt.error?.handshake?.cause == .text(.acceptWrong))
  }
}
