import HTTPTypes
import Synchronization
import SystemPackage
import Testing
import Westwind
import WestwindSockets
import WestwindTestSupport

/// `onRequest` of `websocketUpgrade`: who is let in, and what the others are told.
struct OnRequestTests {
  typealias OnRequest = @Sendable (HandshakeRequest) throws(HandshakeRefusal) -> Void

  /// Connects the library's own client to a server with the callback.
  ///
  /// - Returns: what each side's call threw; nil where it opened the WebSocket.
  private func outcome(
    url: String = "/", _ change: (inout WebSocketRequest) -> Void = { _ in }, onRequest: @escaping OnRequest
  ) throws -> (client: WebSocketError?, server: WebSocketError?) {
    let (socket, peer) = try Wire.tcp.open()
    defer { try? socket.close() }
    let server = BlockingThread<WebSocketError?> {
      defer { peer.close() }
      do throws(WebSocketError) {
        let ws = try websocketUpgrade(peer.socket, timeout: patience, onRequest: onRequest)
        _ = try? websocketDisconnect(ws, timeout: patience)
        return nil
      } catch {
        return error
      }
    }
    var request = WebSocketRequest(host: "example.org", url: url)
    change(&request)
    var failure: WebSocketError?
    do throws(WebSocketError) {
      let ws = try websocketConnect(socket, request, timeout: patience)
      _ = try? websocketDisconnect(ws, timeout: patience)
    } catch {
      failure = error
    }
    return (failure, try server.join())
  }

  @Test func `it sees the request, and lets it in by doing nothing`() throws {
    let seen = Mutex<HandshakeRequest?>(nil)
    let (client, server) = try outcome(url: "/a%20b?x=1?2") { request in
      request.origin = "https://example.org"
      request.optionalHeaders = ["Cookie: a=1", "Cookie: b=2", "Authorization: Bearer t"]
      request.subprotocols = ["chat", "echo"]
    } onRequest: { request throws(HandshakeRefusal) in
      seen.withLock { $0 = request }
    }
    #expect(client == nil)
    #expect(server == nil)
    let request = try #require(seen.withLock { $0 })
    #expect(request.target == "/a%20b?x=1?2")
    #expect(request.path == "/a%20b")
    #expect(request.origin == "https://example.org")
    #expect(request.fields[.authorization] == "Bearer t")
    #expect(request.fields[values: .cookie] == ["a=1", "b=2"])
    #expect(request.fields[HTTPField.Name("Host")!] == "example.org")
    #expect(request.subprotocols == ["chat", "echo"])
  }

  static let refusals: [(HandshakeRefusal, status: Int, reason: String)] = [
    (.forbidden, 403, "Forbidden"), (.notFound, 404, "Not Found"),
    (.unauthorized(challenge: "Basic realm=\"chat\""), 401, "Unauthorized"),
    (HandshakeRefusal(status: 302, fields: [.location: "/other"]), 302, "Found"),
    (HandshakeRefusal(status: 418, body: "a teapot\n"), 418, ""),
    // What would tell the client that something was agreed on.
    (HandshakeRefusal(status: 101), 500, "Internal Server Error"),
    (HandshakeRefusal(status: 200), 500, "Internal Server Error"),
    (HandshakeRefusal(status: -7), 500, "Internal Server Error"),
  ]

  @Test(arguments: refusals)
  func `what it throws is what the client is answered`(
    refusal: HandshakeRefusal, status: Int, reason: String
  ) throws {
    let (client, server) = try outcome { _ throws(HandshakeRefusal) in throw refusal }
    let response = try #require(client?.handshake?.response)
    #expect(client?.handshake?.cause == .text(.status(status)))
    #expect(response.body == Array(refusal.body.utf8))
    #expect(response.fields[.wwwAuthenticate] == refusal.fields[.wwwAuthenticate])
    #expect(response.fields[.location] == refusal.fields[.location])
    #expect(response.fields[.connection] == "close")
    #expect(response.fields[.contentLength] == "\(refusal.body.utf8.count)")
    #expect(server?.handshake?.cause == .refused(refusal))
    #expect(server?.errno == .connectionAbort)
    #expect(server?.description == "onRequest refused the client with status \(refusal.status)")
  }

  @Test func `fields of a refusal cannot break its head apart, nor say what the handshake says itself`() throws {
    let refusal = HandshakeRefusal(
      status: 403,
      fields: [
        .location: "/\r\nSec-WebSocket-Accept: x", .connection: "keep-alive", .contentLength: "99",
        .transferEncoding: "chunked",
      ], body: "no")
    let (client, _) = try outcome { _ throws(HandshakeRefusal) in throw refusal }
    let response = try #require(client?.handshake?.response)
    #expect(response.fields[values: .connection] == ["close"])
    #expect(response.fields[values: .contentLength] == ["2"])
    #expect(response.fields[.transferEncoding] == nil)
    #expect(response.fields[HTTPField.Name("Sec-WebSocket-Accept")!] == nil)
    #expect(response.body == Array("no".utf8))
  }

  @Test func `a request that is not right is not shown to it`() throws {
    let (socket, peer) = try Wire.tcp.open()
    defer {
      peer.close()
      try? socket.close()
    }
    try peer.write(response(UpgradeTests.lines.filter { !$0.hasPrefix("Sec-WebSocket-Version") }))
    var isShown = false
    let error = failure {
      try websocketUpgrade(socket, timeout: patience) { _ throws(HandshakeRefusal) in isShown = true }
    }
    #expect(error?.handshake?.cause == .text(.versionNotSupported))
    #expect(!isShown)
  }

  @Test func `a refused socket is the caller's still, and its place is free`() throws {
    let (socket, peer) = try Wire.tcp.open()
    defer {
      peer.close()
      try? socket.close()
    }
    try peer.write(response(UpgradeTests.lines))
    let error = failure {
      try websocketUpgrade(socket, timeout: patience) { _ throws(HandshakeRefusal) in throw .forbidden }
    }
    #expect(error?.handshake?.cause == .refused(.forbidden))
    #expect(try peer.readHead().text.hasPrefix("HTTP/1.1 403 Forbidden\r\n"))
    let ws = try websocketRegister(socket)
    _ = try websocketDisconnect(ws, timeout: .immediate)
  }

  @Test(arguments: [
    ("/", "/"), ("/chat", "/chat"), ("/chat?", "/chat"), ("//other/chat?x", "//other/chat"), ("/a?b/c", "/a"),
    ("http://example.org/chat?x=1", "/chat"), ("http://example.org", "/"), ("http://example.org?x", "/"), ("*", "*"),
  ])
  func `the path is cut out of any form of target`(target: String, path: String) throws {
    let (socket, peer) = try Wire.tcp.open()
    defer {
      peer.close()
      try? socket.close()
    }
    try peer.write(response(["GET \(target) HTTP/1.1"] + UpgradeTests.lines.dropFirst()))
    var seen: String?
    let ws = try websocketUpgrade(socket, timeout: patience) { request throws(HandshakeRefusal) in
      seen = request.path
    }
    _ = try? websocketDisconnect(ws, timeout: .immediate)
    #expect(seen == path)
  }
}
