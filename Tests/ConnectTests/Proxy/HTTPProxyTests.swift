import HTTPTypes
import SystemPackage
import Testing
import Westwind
import WestwindSockets
import WestwindTestSupport

/// Proxies that speak HTTP, scripted.
struct HTTPProxyTests {
  /// A proxy that answers CONNECT so, and what connecting through it throws.
  private func error(
    answer: String, timeout: Timeout = patience, stays: Bool = true
  ) throws -> WebSocketError? {
    let proxy = try Peer { socket in
      _ = try socket.readHead()
      try socket.write(answer)
      if stays { try socket.readToEnd() }
    }
    defer { _ = try? proxy.join() }
    return failure {
      try websocketConnect(
        url: "ws://server.example/", options: through("http://127.0.0.1:\(proxy.port)"), timeout: timeout)
    }
  }

  @Test(
    arguments: [
      ("ws://server.example/x", "server.example:80"), ("ws://server.example:9001/", "server.example:9001"),
      ("ws://[::1]/", "[::1]:80"), ("ws://127.0.0.1:1/", "127.0.0.1:1"),
    ])
  func `CONNECT names the server, and the WebSocket goes through the tunnel`(_ url: String, _ authority: String) throws
  {
    let proxy = try Peer { socket in
      let head = try socket.readHead()
      try socket.write("HTTP/1.1 200 Connection established\r\nContent-Length: 5\r\nVia: x\r\n\r\n")
      let request = HTTPHead(
        text: String(decoding: try socket.recv(maxCount: 8192, flags: .peek, timeout: patience), as: UTF8.self))
      try serveEcho(socket)
      return (head, request)
    }
    let connection = try websocketConnect(
      url: url, options: through("http://me:w%40rd@127.0.0.1:\(proxy.port)"), timeout: patience)
    #expect(try echoes(connection))
    try connection.close(timeout: patience)
    let (head, request) = try proxy.join()[0]
    #expect(
      head.lines == ["CONNECT \(authority) HTTP/1.1", "Host: \(authority)", "Proxy-Authorization: Basic bWU6d0ByZA=="])
    #expect(request.values("Proxy-Authorization") == [])
    #expect(request.values("Host") == [try WebSocketURL(url).hostField])
  }

  @Test func `interim answers are passed over`() throws {
    let proxy = try Peer { socket in
      _ = try socket.readHead()
      try socket.write("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 299 Fine\r\n\r\n")
      try serveEcho(socket)
    }
    let connection = try websocketConnect(
      url: "ws://server.example/", options: through("127.0.0.1:\(proxy.port)"), timeout: patience)
    try connection.close(timeout: patience)
    _ = try proxy.join()
  }

  @Test func `a proxy that answers 407 is an error of its own, with its challenges and its body`() throws {
    let error = try error(
      answer: """
        HTTP/1.1 407 Proxy Authentication Required\r
        Proxy-Authenticate: Basic realm="office"\r
        Proxy-Authenticate: Digest realm="office"\r
        Content-Length: 6\r
        \r
        log in
        """)
    guard case .authenticationRequired(let response) = error?.connect?.proxyFailure else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(response.status == 407)
    #expect(response.body == Array("log in".utf8))
    #expect(response.fields[values: .proxyAuthenticate].count == 2)
    #expect(error?.connect?.phase == .proxy)
    #expect(error?.errno == .connectionAbort)
    #expect(error?.description.contains("user and a password (status 407, Basic realm=\"office\"") == true)
  }

  @Test(arguments: [301, 400, 403, 502, 504]) func `a proxy that refuses is told with its status`(_ status: Int) throws
  {
    let error = try error(answer: "HTTP/1.1 \(status) No\r\nContent-Length: 2\r\n\r\nno")
    guard case .refused(let response) = error?.connect?.proxyFailure else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(response.status == status)
    #expect(response.body == Array("no".utf8))
    #expect(error?.description.contains("\(status)") == true)
  }

  @Test(arguments: [
    "SSH-2.0-x\r\n\r\n", "\u{5}\0\r\n\r\n", "HTTP/1.1 2x0 \r\n\r\n", "HTTP/1.1 200 \r\nX\r\n\r\n",
    "HTTP/1.1 200 \(String(repeating: "x", count: 20_000))",
  ])
  func `what is no HTTP is told`(_ answer: String) throws {
    guard case .notHTTP = try error(answer: answer)?.connect?.proxyFailure else {
      Issue.record("another error")
      return
    }
  }

  @Test func `bytes behind the answer are not taken for the server's`() throws {
    let error = try error(answer: "HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 101")
    guard case .unexpectedBytes(12) = error?.connect?.proxyFailure else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test(arguments: ["", "HTTP/1.1 200 OK\r\n"]) func `a proxy that closes is told`(_ answer: String) throws {
    guard case .closed = try error(answer: answer, stays: false)?.connect?.proxyFailure else {
      Issue.record("another error")
      return
    }
  }

  @Test(arguments: ["", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 100 Continue\r\n\r\n"])
  func `a proxy that says nothing, or stops, ends at the deadline`(_ answer: String) throws {
    var start = ContinuousClock.now
    let error = try timedOut(in: .proxy) { timeout in
      start = .now
      return try self.error(answer: answer, timeout: timeout)
    }
    #expect(error?.timedOutPhase == .proxy)
    #expect(error?.errno == .timedOut)
    #expect(error?.description.contains("proxy http://127.0.0.1:") == true)
    #expect(ContinuousClock.now - start < .seconds(20))
  }

  @Test func `a proxy that drips ends at the deadline`() throws {
    let error = try timedOut(in: .proxy) { timeout in
      let proxy = try Peer { socket in
        _ = try socket.readHead()
        while (try? socket.write("x")) != nil, try socket.poll(for: .readable, timeout: .milliseconds(20)).isEmpty {}
      }
      defer { _ = try? proxy.join() }
      return failure {
        try websocketConnect(
          url: "ws://server.example/", options: through("127.0.0.1:\(proxy.port)"), timeout: timeout)
      }
    }
    #expect(error?.timedOutPhase == .proxy)
  }

  @Test func `a proxy that is not there is told as one`() throws {
    let port = try freePort()
    let error = failure {
      try websocketConnect(url: "ws://server.example/", options: through("127.0.0.1:\(port)"), timeout: patience)
    }
    #expect(error?.errno == .connectionRefused)
    #expect(error?.connect?.target == "http://127.0.0.1:\(port)")
    #expect(error?.description.contains("cannot connect to http://127.0.0.1:\(port) (127.0.0.1:\(port): ") == true)
  }
}
