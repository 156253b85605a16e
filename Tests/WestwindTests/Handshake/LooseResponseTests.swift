import HTTPTypes
import Testing
import WebSocketProtocol
import Westwind
import WestwindSockets

/// Responses as small servers send them, whose lines end in LF alone or are folded; and the same in requests, which are
/// refused.
struct LooseResponseTests {
  @Test(arguments: Wire.allCases)
  func `a 101 whose lines end in LF alone opens the WebSocket, and what follows are the first frames`(wire: Wire) throws
  {
    try withAttempt(over: wire) { peer in
      try peer.write(
        try peer.readHead().acceptance.replacing("\r\n", with: "\n").bytes + Frame(.text, "hi".bytes).bytes)
    } _: { attempt in
      let ws = try attempt.result.get()
      #expect(try ws.receiveMessage(timeout: patience).text == "hi")
    }
  }

  @Test func `a refusal whose lines end in LF alone has status, fields and body`() throws {
    let attempt = try attempt { _ in "HTTP/1.1 403 Forbidden\nServer: x\nContent-Length: 4\n\nnope" }
    let response = try #require(attempt.error?.handshake?.response)
    #expect(response.status == 403)
    #expect(response.fields[.server] == "x")
    #expect(response.body.text == "nope")
  }

  @Test func `a folded field of a 101 is put together`() throws {
    let attempt = try attempt { $0.acceptance.replacing("\r\n\r\n", with: "\r\nServer: a=1;\r\n\tb=2\r\n\r\n") }
    #expect(attempt.error == nil)
    #expect(attempt.responses.first?.fields[.server] == "a=1; b=2")
  }

  /// The responses of curl's own tests of WebSockets have this shape: LF alone, words behind the status that are no
  /// standard ones, fields that mean nothing, and frames right behind the head.
  @Test func `frames right behind a loose head arrive, control frames too`() throws {
    try withAttempt { peer in
      let accept = try peer.readHead().acceptanceLines.first { $0.hasPrefix("Sec-WebSocket-Accept") }
      let head =
        "HTTP/1.1 101 Switching to WebSockets swsclose\nServer: small\nUpgrade: WebSocket\nConnection: upgrade\n"
        + "Something: else\n\(accept ?? "")\n\n"
      try peer.write(
        head.bytes + Frame(.ping, "p".bytes).bytes + Frame(.text, "hello".bytes).bytes
          + Frame(.close, [0x03, 0xE8]).bytes)
      let pong = try peer.readFrame()
      #expect(pong.opcode == .pong)
    } _: { attempt in
      let ws = try attempt.result.get()
      #expect(try ws.receiveMessage(timeout: patience).text == "hello")
      #expect(try ws.receiveMessage(timeout: patience).isClose)
    }
  }

  @Test(arguments: [
    response(UpgradeTests.lines).replacing("\r\n", with: "\n"), response(UpgradeTests.lines + ["A: b\r\n c"]),
    response(UpgradeTests.lines + ["A: b\nC: d"]),
    response(UpgradeTests.lines + ["Content-Length: 0", "Content-Length: 5"]),
    response(UpgradeTests.lines + ["Content-Length: 5"]), response(UpgradeTests.lines + ["Transfer-Encoding: chunked"]),
  ])
  func `a request of that kind is answered with 400, at once`(request: String) throws {
    let (socket, peer) = try Wire.tcp.open()
    defer {
      peer.close()
      try? socket.close()
    }
    try peer.write(request)
    let error = failure { try websocketUpgrade(socket, timeout: patience) }
    guard case .text? = error?.handshake?.cause else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(try peer.readHead().text.hasPrefix("HTTP/1.1 400 "))
  }
}
