import Glibc
import SystemPackage
import Testing
import Westwind
import WestwindSockets
import WestwindTestSupport

/// Connecting by URL, with nothing in the way.
struct ConnectByURLTests {
  @Test func `a URL is all it takes`() throws {
    let peer = try Peer { try serveEcho($0) }
    let connection = try websocketConnect(url: peer.url, options: direct, timeout: patience)
    let isEchoed = try echoes(connection)
    #expect(isEchoed)
    let (url, status, address) = (connection.url.description, connection.response.status, connection.peer)
    #expect(url == peer.url)
    #expect(status == 101)
    #expect(address == peer.address)
    let end = try connection.close(code: .normal, timeout: patience)
    #expect(end.code == .normal)
    #expect(try peer.join().first?.code == .normal)
  }

  @Test func `a name is looked up, and an IPv6 literal is not`() throws {
    let peer = try Peer(at: .ipv6("::1", port: 0)!) { try serveEcho($0) }
    let connection = try websocketConnect(
      url: "ws://[::1]:\(peer.port)/", options: direct, timeout: patience)
    #expect(try echoes(connection))
    try connection.close(timeout: patience)
    _ = try peer.join()

    let named = try Peer { try serveEcho($0) }
    let other = try websocketConnect(
      url: "ws://localhost:\(named.port)/", options: direct, timeout: patience)
    #expect(try echoes(other))
    try other.close(timeout: patience)
    _ = try named.join()
  }

  @Test func `the request is what the caller and the URL say`() throws {
    let peer = try Peer { socket in
      let head = try socket.readHead()
      try socket.write("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
      try socket.readToEnd()
      return head
    }
    var request = WebSocketRequest()
    request.optionalHeaders = ["X-One: 1"]
    request.subprotocols = ["a", "b"]
    request.origin = "https://example.org"
    var statuses: [Int] = []
    request.onResponse = { statuses.append($0.status) }
    let error = failure {
      try websocketConnect(
        url: "WS://me:w%C3%B6rd%3A@127.0.0.1:\(peer.port)?room=1&ü", request: request, options: direct,
        timeout: patience)
    }
    #expect(error?.description.contains("404") == true)
    #expect(statuses == [404])
    let head = try peer.join()[0]
    #expect(head.firstLine == "GET /?room=1&%C3%BC HTTP/1.1")
    #expect(head.values("Host") == ["127.0.0.1:\(peer.port)"])
    #expect(head.values("X-One") == ["1"])
    #expect(head.values("Origin") == ["https://example.org"])
    #expect(head.values("Sec-WebSocket-Protocol") == ["a, b"])
    #expect(head.values("Authorization") == ["Basic bWU6d8O2cmQ6"])
  }

  @Test func `the caller's own Authorization comes before the URL's`() throws {
    let peer = try Peer { socket in
      let head = try socket.readHead()
      try socket.write("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
      return head
    }
    var request = WebSocketRequest()
    request.optionalHeaders = ["authorization: Bearer abc"]
    _ = failure {
      try websocketConnect(
        url: "ws://me:word@127.0.0.1:\(peer.port)/", request: request, options: direct, timeout: patience)
    }
    #expect(try peer.join()[0].values("Authorization") == ["Bearer abc"])
  }

  @Test func `a mistake in the request is told before anything is opened`() throws {
    var request = WebSocketRequest()
    request.optionalHeaders = ["X: a\r\nY: b"]
    // Nobody listens on port 1.
    let error = failure { try websocketConnect(url: "ws://127.0.0.1:1/", request: request, options: direct) }
    #expect(error?.errno == .invalidArgument)
  }

  @Test func `a refused connection names the address and the reason`() throws {
    let port = try freePort()
    let error = failure { try websocketConnect(url: "ws://127.0.0.1:\(port)/", options: direct, timeout: patience) }
    #expect(error?.errno == .connectionRefused)
    #expect(error?.connect?.phase == .connection)
    #expect(error?.connect?.attempts.map { $0.error } == [.connectionRefused])
    #expect(
      error?.description.contains("127.0.0.1:\(port): Connection refused") == true, "\(String(describing: error))")
  }

  @Test func `a connection that is let go is closed`() throws {
    let peer = try Peer { try serveEcho($0) }
    do {
      let connection = try websocketConnect(url: peer.url, options: direct, timeout: patience)
      #expect(try echoes(connection))
    }
    #expect(try peer.join().first?.code == .noStatus)
  }

  @Test func `onConnect that throws refuses, and the socket is closed`() throws {
    let peer = try Peer { _ = try? serveEcho($0) }
    var request = WebSocketRequest()
    request.onConnect = { _, _ in throw Errno.permissionDenied }
    let error = failure { try websocketConnect(url: peer.url, request: request, options: direct, timeout: patience) }
    #expect(error?.errno == .connectionAbort)
    _ = try peer.join()
  }

  @Test func `a server that says nothing is told as the handshake`() throws {
    let error = try timedOut(in: .handshake) { timeout in
      let peer = try Peer { try $0.readToEnd() }
      defer { _ = try? peer.join() }
      return failure { try websocketConnect(url: peer.url, options: direct, timeout: timeout) }
    }
    #expect(error?.timedOutPhase == .handshake)
  }

  @Test func `a frame leaves at once, since TCP_NODELAY is set`() throws {
    let peer = try Peer { try serveEcho($0) }
    var request = WebSocketRequest()
    nonisolated(unsafe) var value: CInt?
    request.onConnect = { ws, _ in value = try ws.descriptor.getsockopt(level: CInt(IPPROTO_TCP), name: TCP_NODELAY) }
    let connection = try websocketConnect(url: peer.url, request: request, options: direct, timeout: patience)
    #expect(value == 1)
    try connection.close(timeout: patience)
    _ = try peer.join()
  }
}
