import Testing
import Westwind
import WestwindSockets
import WestwindTestPeer
import WestwindTestSupport

/// `onRequest` of `websocketUpgrade`, as a client sees it that was not written here.
@Suite(.timeLimit(.minutes(5))) struct OnRequestTests {
  @Test(
    .enabled(if: Peer.Kind.websockets.isInstalled, "needs .build/peers; run Scripts/prepare --tests"),
    arguments: [
      ("/chat", "https://example.org", "open"), ("/chat", "https://elsewhere.example", "403 another site's page"),
      ("/other", "https://example.org", "404"),
    ])
  func `the websockets package is let in, or told why not`(path: String, origin: String, answer: String) throws {
    let listener = try listening()
    defer { try? listener.close() }
    let server = BlockingThread {
      let socket = try listener.accept(timeout: patience)
      defer { try? socket.close() }
      do throws(WebSocketError) {
        let ws = try websocketUpgrade(socket, timeout: patience) { request throws(HandshakeRefusal) in
          guard request.path == "/chat" else { throw .notFound }
          guard request.origin == "https://example.org" else {
            throw HandshakeRefusal(status: 403, body: "another site's page\n")
          }
        }
        _ = try ws.receiveMessage(timeout: patience)
        _ = try? websocketDisconnect(ws, timeout: patience)
      } catch {
        guard case .handshake(let failure) = error, case .refused = failure.cause else { throw error }
      }
    }
    let port = try listener.getsockname().port ?? 0
    let result = try ChildProcess.run(
      peerPython!, [packageRoot + "/Tests/Peers/websockets_connect.py", "ws://127.0.0.1:\(port)\(path)", origin])
    #expect(result.output == answer + "\n")
    #expect(result.errors == "")
    try server.join()
  }
}
