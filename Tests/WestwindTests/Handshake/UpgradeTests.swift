import Testing
import WebSocketProtocol
import Westwind
import WestwindSockets
import WestwindTestSupport

/// `websocketUpgrade`: a server's half of the handshake.
struct UpgradeTests {
  static let key = "dGhlIHNhbXBsZSBub25jZQ=="  // RFC 6455 1.3
  static let lines = [
    "GET /chat HTTP/1.1", "Host: example.org", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Key: \(key)",
    "Sec-WebSocket-Version: 13",
  ]

  /// What comes of a request: the WebSocket or the error, and the answer.
  func outcome(
    _ request: String, subprotocols: [String] = [], over wire: Wire = .tcp,
    _ body: (WebSocketDescriptor, RawPeer) throws -> Void = { _, _ in }
  ) throws -> (error: WebSocketError?, answer: String) {
    let (socket, peer) = try wire.open()
    defer {
      peer.close()
      try? socket.close()
    }
    try peer.write(request)
    do throws(WebSocketError) {
      let ws = try websocketUpgrade(socket, subprotocols: subprotocols, timeout: patience)
      defer { _ = try? websocketDisconnect(ws, timeout: .immediate) }
      let answer = try? peer.readHead().text
      try? body(ws, peer)
      return (nil, answer ?? "")
    } catch {
      let answer = try peer.readHead().text
      // The socket stays the caller's.
      #expect(socket.isOpen)
      return (error, answer)
    }
  }

  @Test(arguments: Wire.allCases)
  func `a request is answered with the RFC's own accept value`(wire: Wire) throws {
    let (error, answer) = try outcome(response(Self.lines), over: wire)
    #expect(error == nil)
    #expect(
      answer == """
        HTTP/1.1 101 Switching Protocols\r
        Upgrade: websocket\r
        Connection: Upgrade\r
        Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r
        \r

        """)
  }

  @Test(arguments: [(["x", "c", "a"], "c"), (["x"], nil)] as [([String], String?)])
  func `the subprotocol that the server likes best among those offered is chosen, or none`(
    spoken: [String], expected: String?
  ) throws {
    let request = response(Self.lines + ["Sec-WebSocket-Protocol: a, b", "Sec-WebSocket-Protocol: c"])
    let (error, answer) = try outcome(request, subprotocols: spoken) { ws, _ in
      let chosen = try ws.subprotocol()
      #expect(chosen == expected)
    }
    #expect(error == nil)
    #expect(HTTPHead(text: answer).value("Sec-WebSocket-Protocol") == expected)
  }

  @Test func `frames behind the request are kept`() throws {
    let (socket, peer) = try Wire.tcp.open()
    defer {
      peer.close()
      try? socket.close()
    }
    try peer.write(response(Self.lines).bytes + Frame(.text, "early".bytes, key: .sample).bytes)
    let ws = try websocketUpgrade(socket, timeout: patience)
    defer { _ = try? websocketDisconnect(ws, timeout: .immediate) }
    #expect(try ws.receiveMessage(timeout: .immediate).text == "early")
  }

  @Test func `a head over the limit is answered with 431`() throws {
    let (error, answer) = try outcome(response(Self.lines + ["X: \(String(repeating: "x", count: 20_000))"]))
    #expect(error?.handshake?.cause == .text(.headTooLarge(limit: 16384)))
    #expect(answer.hasPrefix("HTTP/1.1 431 "))
  }

  @Test func `a client that says nothing is given up at the deadline`() throws {
    let (socket, peer) = try Wire.tcp.open()
    defer {
      peer.close()
      try? socket.close()
    }
    let error = failure { try websocketUpgrade(socket, timeout: .milliseconds(50)) }
    #expect(error?.handshake?.cause == .timedOut(bytesReceived: 0))
    // The place is free again.
    let ws = try websocketRegister(socket)
    _ = try websocketDisconnect(ws, timeout: .immediate)
  }

  @Test func `both halves of the handshake, and both roles, understand each other`() throws {
    let (socket, peer) = try Wire.tcp.open()
    defer {
      try? socket.close()
      peer.close()
    }
    let server = BlockingThread {
      let ws = try websocketUpgrade(peer.socket, subprotocols: ["echo"], timeout: patience)
      try ws.sendMsg(try ws.receiveMessage(timeout: patience).text ?? "")
      _ = try ws.receiveMessage(timeout: patience)
      return try websocketDisconnect(ws, timeout: patience)
    }
    var request = WebSocketRequest(host: "localhost", url: "/")
    request.subprotocols = ["chat", "echo"]
    let ws = try websocketConnect(socket, request, timeout: patience)
    #expect(try ws.subprotocol() == "echo")
    try ws.sendMsg("hello")
    #expect(try ws.receiveMessage(timeout: patience).text == "hello")
    let status = try websocketDisconnect(ws, code: .goingAway, reason: "done", timeout: patience)
    #expect(status == CloseStatus(code: .goingAway))
    #expect(try server.join() == CloseStatus(code: .goingAway, reason: "done"))
  }
}
