import Glibc
import SystemPackage
import Testing
import Westwind
import WestwindSockets
import WestwindTestSupport

/// Connecting to a socket of the file system.
struct UnixSocketTests {
  /// A path that nobody has, for the length of a body.
  private func withPath<R>(_ name: String = "socket", _ body: (String) throws -> R) throws -> R {
    try withTemporaryFolder { try body("\($0)/\(name)") }
  }

  private func serve(_ path: String) throws -> Peer<HTTPHead> {
    try Peer(at: .unix(path: path)!) { socket in
      let head = try socket.recv(maxCount: 4096, flags: .peek, timeout: patience)
      try serveEcho(socket)
      return HTTPHead(text: String(decoding: head, as: UTF8.self))
    }
  }

  @Test func `a ws+unix URL names the socket and the request's path`() throws {
    try withPath("a b:c") { path in
      let peer = try serve(path)
      let written = path.replacing(" ", with: "%20").replacing(":", with: "%3A")
      let connection = try websocketConnect(url: "ws+unix://\(written):/chat?room=1", timeout: patience)
      #expect(try echoes(connection))
      let url = connection.url
      #expect(try WebSocketURL(url.description) == url)
      try connection.close(timeout: patience)
      let head = try peer.join()[0]
      #expect(head.firstLine == "GET /chat?room=1 HTTP/1.1")
      #expect(head.values("Host") == ["localhost"])
    }
  }

  @Test func `the option unixPath takes the place of host and port, which still stand in Host`() throws {
    try withPath { path in
      let peer = try serve(path)
      var options = ConnectOptions()
      options.unixPath = path
      // A proxy is not asked for a path of this machine.
      options.proxy = .url("http://127.0.0.1:1")
      let connection = try websocketConnect(url: "ws://example.org/x", options: options, timeout: patience)
      #expect(try echoes(connection))
      try connection.close(timeout: patience)
      #expect(try peer.join()[0].values("Host") == ["example.org"])
    }
  }

  @Test func `a redirect changes the request's path on the same socket, and leads nowhere else`() throws {
    for (location, wanted) in [
      ("/there?x", "/there?x"), ("../b", "/b"), ("http://localhost/c", "/c"), ("ws://elsewhere.example/", nil),
      ("https://localhost/", nil), ("ws+unix:///other:/", nil),
    ] {
      try withPath { path in
        let redirects = Counter()
        let peer = try Peer(at: .unix(path: path)!, connections: wanted == nil ? 1 : 2) { socket in
          guard redirects.next() == 0 else {
            let head = try socket.recv(maxCount: 4096, flags: .peek, timeout: patience)
            try serveEcho(socket)
            return HTTPHead(text: String(decoding: head, as: UTF8.self))
          }
          let head = try socket.readHead()
          try socket.write("HTTP/1.1 302 Found\r\nLocation: \(location)\r\nContent-Length: 0\r\n\r\n")
          try socket.readToEnd()
          return head
        }
        let request = following(1)
        let url = "ws+unix://\(path):/a/here"
        if let wanted {
          let connection = try websocketConnect(url: url, request: request, options: direct, timeout: patience)
          #expect(try echoes(connection))
          try connection.close(timeout: patience)
          #expect(try peer.join()[1].firstLine == "GET \(wanted) HTTP/1.1")
        } else {
          let error = failure {
            try websocketConnect(url: url, request: request, options: direct, timeout: patience)
          }
          #expect(error?.redirectFailure == .offUnixSocket(location: location))
          _ = try peer.join()
        }
      }
    }
  }

  @Test func `a path where nobody listens is told with its reason`() throws {
    try withPath { path in
      let error = failure { try websocketConnect(url: "ws+unix://\(path)", timeout: patience) }
      #expect(error?.errno == .noSuchFileOrDirectory)
      #expect(error?.description.contains(path) == true)
    }
  }

  @Test func `a path longer than a socket's can be is the caller's mistake`() {
    var options = direct
    options.unixPath = "/" + String(repeating: "x", count: 200)
    #expect(failure { try websocketConnect(url: "ws://h/", options: options) }?.errno == .invalidArgument)
  }

  @Test func `a listener whose queue is full is waited for up to the deadline`() throws {
    try withPath { path in
      let listener = try SocketDescriptor.open(.unix)
      try listener.bind(to: .unix(path: path)!)
      try listener.listen(backlog: 0)
      let first = try SocketDescriptor.open(.unix)
      try first.connect(to: .unix(path: path)!, timeout: patience)
      let error = failure { try websocketConnect(url: "ws+unix://\(path)", timeout: .milliseconds(200)) }
      #expect(error?.timedOutPhase == .connection)
      try first.close()
      try listener.close()
    }
  }
}
