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
}
