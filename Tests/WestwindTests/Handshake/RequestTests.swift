import SystemPackage
import Testing
import Westwind
import WestwindSockets
import WestwindTestSupport

/// What `websocketConnect` writes, byte for byte.
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

  @Test func `everything that can be asked for stands in its place`() throws {
    let request = try request(accept: "mqtt") { request in
      request.origin = "http://foobar"
      request.optionalHeaders = ["Authorization: Basic Zm9vOmJhcg==", "X-Trace:  7 \r\n"]
      request.subprotocols = ["mqtt", "chat.v2"]
    }
    let key = try #require(request.value("Sec-WebSocket-Key"))
    #expect(
      request.text == """
        GET /chat?room=1 HTTP/1.1\r
        Host: example.org\r
        Origin: http://foobar\r
        Authorization: Basic Zm9vOmJhcg==\r
        X-Trace: 7\r
        Sec-WebSocket-Key: \(key)\r
        Upgrade: websocket\r
        Connection: Upgrade\r
        Sec-WebSocket-Version: 13\r
        Sec-WebSocket-Protocol: mqtt, chat.v2\r
        \r

        """)
  }

  @Test func `Host carries the port as the caller gave it`() throws {
    #expect(try request { $0.host = "example.org:9001" }.value("Host") == "example.org:9001")
    #expect(try request { $0.host = "[::1]:9001" }.value("Host") == "[::1]:9001")
  }

  @Test func `a Sec-WebSocket-Protocol header of the caller's counts as an offer`() throws {
    let request = try request(accept: "b") { request in
      request.subprotocols = ["a"]
      request.optionalHeaders = ["sec-websocket-protocol: b, c"]
    }
    #expect(request.values("Sec-WebSocket-Protocol") == ["a, b, c"])
  }

  @Test func `a server may choose no subprotocol`() throws {
    #expect(try request { $0.subprotocols = ["a"] }.value("Sec-WebSocket-Protocol") == "a")
  }

  @Test func `the headers callback writes to the socket itself, behind the headers and before the handshake's`() throws
  {
    let request = try request { request in
      request.optionalHeaders = ["X-First: 1"]
      request.optionalHeadersCallback = { socket throws(Errno) in try socket.send("X-Second: 2\r\n".bytes) }
    }
    #expect(request.lines[2...3] == ["X-First: 1", "X-Second: 2"])
    #expect(request.lines[4].hasPrefix("Sec-WebSocket-Key: "))
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

  @Test func `only what the headers callback has offered is accepted, where it has offered something`() throws {
    let attempt = try attempt { request in
      request.subprotocols = ["a"]
      request.optionalHeadersCallback = { socket throws(Errno) in
        try socket.send("Sec-WebSocket-Protocol: b\r\n".bytes)
      }
    } answer: { request in
      response(request.acceptanceLines + ["Sec-WebSocket-Protocol: a"])
    }
    #expect(attempt.error?.handshake?.cause == .text(.subprotocolNotOffered))
  }

  @Test func `a headers callback that offers nothing leaves the subprotocols as they are`() throws {
    let request = try request(accept: "a") { request in
      request.subprotocols = ["a"]
      request.optionalHeadersCallback = { socket throws(Errno) in
        try socket.send("X: Sec-WebSocket-Protocol: b\r\nSec-WebSocket-Protocols: b\r\n".bytes)
      }
    }
    #expect(request.values("Sec-WebSocket-Protocol") == ["a"])
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

  @Test func `Must differ: the key is 16 random bytes, and another one each time`() throws {
    var keys: Set<[UInt8]> = []
    for _ in 0..<20 {
      let key = base64Decoded(try request { _ in }.value("Sec-WebSocket-Key") ?? "")
      #expect(key.count == 16)
      keys.insert(key)
    }
    #expect(keys.count == 20)
    // A position that never changes would be less than 128 bits: 20 random bytes are the same once in 2^152.
    for position in 0..<16 { #expect(Set(keys.map { $0[position] }).count > 1) }
  }
}

/// The bytes behind a base64 text.
private func base64Decoded(_ text: String) -> [UInt8] {
  let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".bytes
  let values = text.bytes.compactMap { alphabet.firstIndex(of: $0) }
  let bits = values.flatMap { value in (0..<6).map { value >> (5 - $0) & 1 } }
  return (0..<(bits.count / 8)).map { byte in bits[(8 * byte)..<(8 * byte + 8)].reduce(0) { $0 << 1 | UInt8($1) } }
}
