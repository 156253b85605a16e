import Testing
import WebSocketProtocol
import WestwindTestSupport

/// `Sec-WebSocket-Accept` is compared whole (Zephyr's handshake tests, and more).
struct AcceptValueTests {
  /// The outcome for a response with other lines in place of the accept line.
  func outcome(_ lines: (String) -> [String]) throws -> HandshakeViolation? {
    try violation { request in response(request.acceptanceLines.dropLast() + lines(request.accept)) }
  }

  @Test func `the field's name may be in any case, with any blanks around the value`() throws {
    #expect(try outcome { ["SEC-websocket-ACCEPT:\t \($0)  "] } == nil)
  }

  @Test func `a value whose last character is another is refused`() throws {
    let attempt = try outcome { ["Sec-WebSocket-Accept: \($0.dropLast())A"] }
    #expect(attempt == .acceptWrong)
  }

  @Test func `the first eight characters of the right value are refused`() throws {
    let attempt = try outcome { ["Sec-WebSocket-Accept: \($0.prefix(8))"] }
    #expect(attempt == .acceptWrong)
  }

  @Test func `an empty value is refused`() throws {
    #expect(try outcome { _ in ["Sec-WebSocket-Accept:"] } == .acceptWrong)
  }

  @Test func `the right value with more behind it is refused`() throws {
    #expect(try outcome { ["Sec-WebSocket-Accept: \($0)="] } == .acceptWrong)
  }

  @Test func `the right value in another case is refused`() throws {
    let attempt = try outcome {
      [
        "Sec-WebSocket-Accept: \(String($0.map { $0.isLowercase ? Character($0.uppercased()) : Character($0.lowercased()) }))"
      ]
    }
    #expect(attempt == .acceptWrong)
  }

  @Test func `no value, or two, is refused`() throws {
    #expect(try outcome { _ in [] } == .acceptMissing)
    let twice = try outcome { ["Sec-WebSocket-Accept: \($0)", "Sec-WebSocket-Accept: \($0)"] }
    #expect(twice == .acceptMissing)
  }

  @Test func `a field whose name only begins like it does not count`() throws {
    #expect(try outcome { ["Sec-WebSocket-Accepted: \($0)"] } == .acceptMissing)
  }

  @Test func `the right value is accepted, and a wrong last character refused, wherever the response is cut`() throws {
    let client = try ClientHandshake(key: SampleHandshake.key)
    let right = response(RequestText().acceptanceLines + ["X: " + String(repeating: "y", count: 40)]).bytes
    let wrong = right.text.replacing(RequestText().accept, with: RequestText().accept.dropLast() + "A").bytes
    for cut in 0...right.count {
      let taken = try #require(try head(right.cut(at: [cut])).head)
      #expect(try client.check(ResponseHead(taken)) == nil)
      let refused = try #require(try head(wrong.cut(at: [cut])).head)
      #expect(throws: HandshakeViolation.acceptWrong) { try client.check(ResponseHead(refused)) }
    }
    #expect(try client.check(ResponseHead(try head(right.cutAtEveryByte).head ?? [])) == nil)
  }
}
