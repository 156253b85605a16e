import SystemPackage
import Testing
import WebSocketProtocol
import Westwind
import WestwindSockets
import WestwindTestSupport

/// What `websocketConnect` writes, by itself and by its callback, and what it does not.
struct RequestTests {
  /// The request that a peer gets, which it then accepts.
  func request(
    over wire: Wire = .memory, accept subprotocol: String? = nil, _ configure: (inout WebSocketRequest) -> Void
  ) throws -> HTTPHead {
    let (socket, peer) = try wire.open()
    defer { peer.close() }
    let server = BlockingThread {
      let request = try peer.readHead()
      try peer.write(
        response(request.acceptanceLines + (subprotocol.map { ["Sec-WebSocket-Protocol: \($0)"] } ?? [])))
      return request
    }
    var request = WebSocketRequest(host: "example.org", url: "/chat?room=1")
    configure(&request)
    let ws = try websocketConnect(socket, request, timeout: patience)
    #expect(try ws.subprotocol() == subprotocol)
    _ = try? websocketDisconnect(ws, timeout: .immediate)
    try? socket.close()
    return try server.join()
  }

  @Test(arguments: Wire.allCases)
  func `the request is Zephyr's: request line, Host, the handshake's fields, an empty line`(wire: Wire) throws {
    let request = try request(over: wire) { _ in }
    let key = try #require(request.value("Sec-WebSocket-Key"))
    #expect(
      request.text == """
        GET /chat?room=1 HTTP/1.1\r
        Host: example.org\r
        Sec-WebSocket-Key: \(key)\r
        Upgrade: websocket\r
        Connection: Upgrade\r
        Sec-WebSocket-Version: 13\r
        \r

        """)
  }

  @Test func `the headers callback writes to the socket itself, behind the headers and before the handshake's`() throws
  {
    // What only looks like an offer of subprotocols is none.
    let lines = ["X-Second: 2", "X: Sec-WebSocket-Protocol: b", "Sec-WebSocket-Protocols: b"]
    let request = try request(accept: "a") { request in
      request.subprotocols = ["a"]
      request.optionalHeaders = ["X-First: 1"]
      request.optionalHeadersCallback = { socket throws(Errno) in
        try socket.send(lines.map { $0 + "\r\n" }.joined().bytes)
      }
    }
    #expect(Array(request.lines[2...5]) == ["X-First: 1"] + lines)
    #expect(request.lines[6].hasPrefix("Sec-WebSocket-Key: "))
    #expect(request.values("Sec-WebSocket-Protocol") == ["a"])
  }

  @Test(arguments: [
    "Sec-WebSocket-Protocol: b, c\r\n", "X: 1\r\nsec-websocket-protocol:b\r\nSEC-WEBSOCKET-PROTOCOL: c\r\n",
  ])
  func `subprotocols that the headers callback writes are the offer, and there is no further line`(
    lines: String
  ) throws {
    let request = try request(accept: "c") { request in
      request.subprotocols = ["a"]
      request.optionalHeadersCallback = { socket throws(Errno) in
        // cut anywhere
        let (one, two, three) = (Array(lines.bytes[..<9]), Array(lines.bytes[9..<16]), Array(lines.bytes[16...]))
        return try socket.send(one) + socket.sendmsg(Payload(two.span.bytes, three.span.bytes))
      }
    }
    #expect(request.text.contains("\r\n\(lines)Sec-WebSocket-Key: "))
    let behind = request.text.split(separator: lines)[1]
    #expect(!behind.contains("Sec-WebSocket-Protocol"))
  }

  @Test(arguments: Wire.allCases)
  func `the headers callback has the socket with all its operations, and leaves it as it was`(wire: Wire) throws {
    let (socket, peer) = try wire.open()
    let isKernels = socket.layer == nil
    try withAttempt(socket, peer) { request in
      request.optionalHeadersCallback = { given throws(Errno) in
        #expect(given == socket)
        #expect(try given.poll(for: .writable, timeout: patience) == .writable)
        try given.setNonBlocking(true)
        #expect(try given.isNonBlocking())
        try given.setNonBlocking(false)
        if isKernels {
          #expect(try given.getpeername() == peer.socket.getsockname())
          #expect(try given.getsockname() == peer.socket.getpeername())
          try given.setsockopt(level: 1, name: 9, value: 1)  // SOL_SOCKET, SO_KEEPALIVE
          #expect(try given.getsockopt(level: 1, name: 9) == 1)
        }
        return try given.send("X: 1\r\n".bytes)
      }
    } peer: { peer in
      try peer.acceptHandshake()
    } _: { attempt in
      #expect(attempt.error == nil)
      #expect((socket.layer == nil) == isKernels)
      #expect(!"\(type(of: socket.operations))".contains("Tap"))
    }
  }

  @Test func `a headers callback that closes the socket leaves nothing under its number`() throws {
    let (socket, peer) = try Wire.memory.open()
    defer { peer.close() }
    var request = WebSocketRequest(host: "localhost", url: "/")
    request.optionalHeadersCallback = { socket throws(Errno) in
      try socket.close()
      #expect(socket.layer == nil)
      throw .canceled
    }
    let error = failure { try websocketConnect(socket, request, timeout: patience) }
    #expect(error?.handshake?.cause == .connectionLost(.canceled))
  }

  @Test func `what the headers callback throws ends the connect, and says which error it was`() throws {
    let error = try withAttempt { request in
      request.optionalHeadersCallback = { _ throws(Errno) in throw .noMemory }
    } peer: { peer in
      _ = try peer.readToEnd()
    } _: { attempt in
      attempt.error
    }
    #expect(error?.handshake?.cause == .connectionLost(.noMemory))
    #expect(error?.errno == .connectionAbort)
  }

  @Test func `a bad request, or a buffer that is too small, is refused, and the peer gets not one byte`() throws {
    let (socket, peer) = try Wire.tcp.open()
    defer { peer.close() }
    func refusal(_ change: (inout WebSocketRequest) -> Void) -> WebSocketError? {
      var request = WebSocketRequest(host: "localhost", url: "/")
      change(&request)
      return failure { try websocketConnect(socket, request, timeout: patience) }
    }
    #expect(
      refusal { $0.optionalHeaders = ["A: 1\r\nB: 2"] }
        == .invalidArgument(.handshakeText(.badFieldValue(name: "A".bytes))))
    #expect(refusal { $0.url = "/a b" } == .invalidArgument(.handshakeText(.badTarget("/a b".bytes))))
    #expect(refusal { $0.subprotocols = ["a,b"] } == .invalidArgument(.handshakeText(.badSubprotocol("a,b".bytes))))
    #expect(refusal { $0.options.receiveBufferSize = 63 } == .invalidArgument(.bufferTooSmall(minimum: 64)))
    #expect(refusal { $0.options.transmitBufferSize = 255 } == .invalidArgument(.bufferTooSmall(minimum: 256)))
    try socket.close()
    #expect(try peer.readToEnd() == [])
  }
}
