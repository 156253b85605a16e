import Glibc
import SystemPackage
import Testing
import Westwind
import WestwindSockets
import WestwindTLS
import WestwindTestCertificates
import WestwindTestSupport

/// However connecting ends, nothing is left open.
struct LeakTests {
  @Test func `no way in which connecting ends leaves a descriptor or a context`() async {
    await #expect(processExitsWith: .success) {
      do {
        // What is opened once for the process is opened in the first round.
        try walkEveryWay()
        // The thread has its wake descriptor from here on, whether or not it had to wait before.
        try Waker().withWaiting {}
        let before = openDescriptors()
        for _ in 1...2 { try walkEveryWay() }
        let left = openDescriptors().filter { before[$0] != $1 }
        if !left.isEmpty { Issue.record("left open: \(left.values.sorted())") }
        let contexts = websocketContexts().count
        #expect(contexts == 0)
      } catch {
        Issue.record(error)
      }
    }
  }
}

/// A server's script, and what is asked for with which options.
private struct Way {
  var url: String
  var options: ConnectOptions
  var request = WebSocketRequest()
  var timeout: Timeout
  var serve: @Sendable (SocketDescriptor) throws -> Void

  init(
    _ url: String, _ options: ConnectOptions = direct, timeout: Timeout = patience,
    serve: @escaping @Sendable (SocketDescriptor) throws -> Void
  ) {
    self.url = url
    self.timeout = timeout
    self.options = options
    self.serve = serve
  }
}

private func walkEveryWay() throws {
  let certificate = try TestCertificate.good.get()
  let echoWithTLS: @Sendable (SocketDescriptor) throws -> Void = { socket in
    guard let tls = try? tlsAccept(socket, certificate.server, timeout: patience) else { return }
    defer { try? tls.close() }
    try serveEcho(tls)
  }
  var trusting = direct
  trusting.tls = certificate.client
  var secureProxy = through("https://localhost:PORT")
  secureProxy.proxyTLS = certificate.client
  secureProxy.tls = certificate.client
  var redirecting = Way("ws://localhost:PORT/") { socket in
    _ = try socket.readHead()
    try socket.write("HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n")
  }
  redirecting.request.maxRedirects = 2
  var refusing = Way("ws://localhost:PORT/") { _ = try? serveEcho($0) }
  refusing.request.onConnect = { _, _ in throw Errno.permissionDenied }
  var crowded = Way("ws://localhost:PORT/") { _ = try? $0.readToEnd() }
  crowded.request.options.maxContexts = 0

  let soon = Timeout.milliseconds(100)

  let ways = [
    refusing, crowded, redirecting,
    Way("ws://localhost:PORT/") { try serveEcho($0) },
    Way("wss://localhost:PORT/", trusting, serve: echoWithTLS),
    Way("wss://localhost:PORT/", serve: echoWithTLS),
    Way("ws://localhost:PORT/") { _ in },
    Way("ws://localhost:PORT/", timeout: soon) { try $0.readToEnd() },
    Way("wss://localhost:PORT/", timeout: soon) { try $0.readToEnd() },
    Way("ws://localhost:PORT/") { socket in
      _ = try socket.readHead()
      try socket.write("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
    },
    Way("ws://server.example/", through("http://localhost:PORT")) { socket in
      _ = try socket.readHead()
      try socket.write("HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n")
    },
    Way("ws://server.example/", through("http://localhost:PORT"), timeout: soon) { try $0.readToEnd() },
    Way("ws://server.example/", through("socks5h://localhost:PORT")) { try? $0.write([5, 0xFF]) },
    Way("ws://server.example/", through("socks5h://localhost:PORT"), timeout: soon) { try $0.readToEnd() },
    Way("wss://server.example/", secureProxy, timeout: soon) { try $0.readToEnd() },
    Way("wss://server.example/", secureProxy) { socket in
      let outer = try tlsAccept(socket, certificate.server, timeout: patience)
      defer { try? outer.close() }
      _ = try outer.readHead()
      try outer.write("HTTP/1.1 200 OK\r\n\r\n")
      try echoWithTLS(outer)
    },
  ]
  for var way in ways {
    let peer = try Peer(way.serve)
    let port = "\(peer.port)"
    if case .url(let proxy) = way.options.proxy { way.options.proxy = .url(proxy.replacing("PORT", with: port)) }
    do {
      let connection = try websocketConnect(
        url: way.url.replacing("PORT", with: port), request: way.request, options: way.options,
        timeout: way.timeout)
      // One is closed, another let go: by the parity of its number.
      if connection.descriptor.rawValue.isMultiple(of: 2) { try connection.close(timeout: patience) }
    } catch {
      // Most of them are to fail.
    }
    _ = try? peer.join()
  }
  // A port where nobody listens.
  _ = failure { try websocketConnect(url: "ws://127.0.0.1:\(try freePort())/", options: direct, timeout: patience) }
}
