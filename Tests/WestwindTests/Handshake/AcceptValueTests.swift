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

  @Test func `the field's name may be in any case, with any blanks around the value`() throws {
    #expect(try outcome { ["SEC-websocket-ACCEPT:\t \($0)  "] }.error == nil)
  }

  @Test func `a value whose last character is another is refused`() throws {
    let attempt = try outcome { ["Sec-WebSocket-Accept: \($0.dropLast())A"] }
    #expect(attempt.error?.handshake?.cause == .text(.acceptWrong))
    #expect(attempt.error?.errno == .connectionAbort)
    #expect(attempt.responses.map { $0.status } == [101])
  }

  @Test func `the first eight characters of the right value are refused`() throws {
    let attempt = try outcome { ["Sec-WebSocket-Accept: \($0.prefix(8))"] }
    #expect(attempt.error?.handshake?.cause == .text(.acceptWrong))
  }

  @Test func `an empty value is refused`() throws {
    #expect(try outcome { _ in ["Sec-WebSocket-Accept:"] }.error?.handshake?.cause == .text(.acceptWrong))
  }

  @Test func `the right value with more behind it is refused`() throws {
    #expect(try outcome { ["Sec-WebSocket-Accept: \($0)="] }.error?.handshake?.cause == .text(.acceptWrong))
  }

  @Test func `the right value in another case is refused`() throws {
    let attempt = try outcome {
      [
        "Sec-WebSocket-Accept: \(String($0.map { $0.isLowercase ? Character($0.uppercased()) : Character($0.lowercased()) }))"
      ]
    }
    #expect(attempt.error?.handshake?.cause == .text(.acceptWrong))
  }

  @Test func `no value, or two, is refused`() throws {
    #expect(try outcome { _ in [] }.error?.handshake?.cause == .text(.acceptMissing))
    let twice = try outcome { ["Sec-WebSocket-Accept: \($0)", "Sec-WebSocket-Accept: \($0)"] }
    #expect(twice.error?.handshake?.cause == .text(.acceptMissing))
  }

  @Test func `a field whose name only begins like it does not count`() throws {
    #expect(try outcome { ["Sec-WebSocket-Accepted: \($0)"] }.error?.handshake?.cause == .text(.acceptMissing))
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
