import HTTPTypes
import SystemPackage
import Testing
import Westwind
import WestwindSockets
import WestwindTestSupport

/// Redirects, which are followed only where they are asked for.
struct RedirectTests {
  /// A server that answers its first connections with redirects and then serves an echo. A location's `PORT` is its
  /// own port.
  private func server(_ locations: [String?], status: Int = 302, echo: Bool = true) throws -> Peer<HTTPHead> {
    let counter = Counter()
    return try Peer(connections: locations.count + (echo ? 1 : 0)) { socket in
      let i = counter.next()
      guard i < locations.count else {
        let head = try socket.recv(maxCount: 8192, flags: .peek, timeout: patience)
        try serveEcho(socket)
        return HTTPHead(text: String(decoding: head, as: UTF8.self))
      }
      let head = try socket.readHead()
      let port = try socket.getsockname().port ?? 0
      let field = locations[i].map { "Location: \($0.replacing("PORT", with: "\(port)"))\r\n" } ?? ""
      try socket.write("HTTP/1.1 \(status) Elsewhere\r\n\(field)Content-Length: 0\r\n\r\n")
      try socket.readToEnd()
      return head
    }
  }

  @Test func `a redirect is told, and not followed, by default`() throws {
    let peer = try server(["/there"], echo: false)
    let error = failure { try websocketConnect(url: peer.url, options: direct, timeout: patience) }
    #expect(error?.description.contains("redirect, status 302 to /there") == true)
    _ = try peer.join()
  }

  @Test(arguments: [301, 302, 303, 307, 308])
  func `relative and absolute locations are followed where asked`(_ status: Int) throws {
    let peer = try server(["b?c=1#f", "/d/../e", "http://127.0.0.1:PORT/g", "ws://127.0.0.1:PORT"], status: status)
    let connection = try websocketConnect(
      url: peer.url + "a/x?y", request: following(5), options: direct, timeout: patience)
    #expect(try echoes(connection))
    let url = connection.url.description
    #expect(url == peer.url)
    try connection.close(timeout: patience)
    #expect(
      try peer.join().map { $0.firstLine.split(separator: " ")[1] } == ["/a/x?y", "/a/b?c=1", "/e", "/g", "/"])
  }

  @Test(arguments: [1, 2, 5, 100]) func `a loop ends at the limit, which the error names`(_ limit: Int) throws {
    let counted = min(limit, 5)
    let peer = try server([String](repeating: "/", count: counted + 1), echo: false)
    let error = failure {
      try websocketConnect(url: peer.url, request: following(limit), options: direct, timeout: patience)
    }
    #expect(error?.redirectFailure == .tooMany(limit: counted, location: peer.url))
    #expect(error?.description.contains("after \(counted) redirects") == true)
    #expect(error?.errno == .connectionAbort)
    _ = try peer.join()
  }

  @Test(
    arguments: [
      (nil, "0 Location fields"), ("ftp://h/", "unknown"), ("ws://", "host is missing"), ("ws://b\u{FC}cher/", "xn--"),
      ("/a b", "space"),
      ("//a..b/", "not a host's name"), ("ws+unix:///run/s:/", "a path of this machine"), ("/%zz", "%25"),
    ] as [(String?, String)])
  func `a location that is no URL is told`(_ location: String?, _ message: String) throws {
    let peer = try server([location], echo: false)
    let error = failure {
      try websocketConnect(url: peer.url, request: following(1), options: direct, timeout: patience)
    }
    #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    #expect(error?.redirectFailure != nil)
    _ = try peer.join()
  }

  @Test func `the caller's fields stay with the host and port they were meant for, and subprotocols go along`() throws {
    let other = try Peer { socket in
      let head = try socket.recv(maxCount: 8192, flags: .peek, timeout: patience)
      try serveEcho(socket)
      return HTTPHead(text: String(decoding: head, as: UTF8.self))
    }
    let first = try server(["/second", "ws://you:there@127.0.0.1:\(other.port)/third"], echo: false)
    var request = following(2)
    request.optionalHeaders = ["COOKIE: a=b", "X-API-Key: 1", "SEC-WebSocket-Protocol: echo"]
    request.subprotocols = ["chat"]
    let written = Counter()
    request.optionalHeadersCallback = { socket throws(Errno) in
      _ = written.next()
      return try socket.send(Array("X-Two: 2\r\n".utf8))
    }
    let connection = try websocketConnect(
      url: "ws://me:word@127.0.0.1:\(first.port)/", request: request, options: direct, timeout: patience)
    try connection.close(timeout: patience)
    for head in try first.join() {
      #expect(head.values("Cookie") == ["a=b"])
      #expect(head.values("X-API-Key") == ["1"])
      #expect(head.values("Authorization") == ["Basic bWU6d29yZA=="])
      #expect(head.values("X-Two") == ["2"])
    }
    let head = try other.join()[0]
    #expect(head.firstLine == "GET /third HTTP/1.1")
    #expect(head.values("Sec-WebSocket-Protocol") == ["chat, echo"])
    #expect(head.values("Cookie") + head.values("Authorization") + head.values("X-API-Key") == [])
    #expect(head.values("X-Two") == [])
    #expect(written.next() == 2)
  }

  @Test func `a callback sees every answer`() throws {
    let peer = try server(["/a", "/b"])
    var request = following(5)
    var statuses: [Int] = []
    request.onResponse = { statuses.append($0.status) }
    let connection = try websocketConnect(url: peer.url, request: request, options: direct, timeout: patience)
    try connection.close(timeout: patience)
    #expect(statuses == [302, 302, 101])
    _ = try peer.join()
  }
}
