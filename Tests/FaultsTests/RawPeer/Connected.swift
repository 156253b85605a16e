import Westwind
import WestwindSockets
import WestwindTestSupport

/// Opens a WebSocket over a pair of sockets with a raw peer behind the other end, runs both parts, and closes all.
///
/// - Parameters:
///   - role: the WebSocket's.
///   - peer: the peer's part, on a thread of its own; the opening handshake is done.
///   - body: the WebSocket's part. It may disconnect; the socket is closed behind it in any case, so the peer finds
///     the end of the stream at the latest then.
func withConnection<R, P: Sendable>(
  as role: FaultSetting.Side = .client, options: WebSocketOptions = WebSocketOptions(),
  sockets: (SocketDescriptor, SocketDescriptor)? = nil,
  peer: @escaping @Sendable (inout RawPeer) throws -> P,
  _ body: (WebSocketDescriptor) throws -> R
) throws -> (R, peer: P) {
  let (ours, theirs) = try sockets ?? SocketDescriptor.pair()
  let thread = BlockingThread { () throws -> P in
    var raw = RawPeer(theirs, isServer: role == .client)
    if raw.isServer { try raw.accept() } else { try raw.request() }
    return try peer(&raw)
  }
  let outcome = Result {
    let ws: WebSocketDescriptor
    if role == .client {
      var request = WebSocketRequest(host: "localhost", url: "/")
      request.options = options
      ws = try websocketConnect(ours, request, timeout: .seconds(30))
    } else {
      ws = try websocketUpgrade(ours, options: options, timeout: .seconds(30))
    }
    defer { disconnect(ws, ifStillOver: ours) }
    return try body(ws)
  }
  try ours.close()
  let result = Result { try thread.join() }
  try theirs.close()
  return (try outcome.get(), try result.get())
}

/// Disconnects what the body left open. Where the body has disconnected, the number may be another connection's by now;
/// the socket is nobody else's.
private func disconnect(_ ws: WebSocketDescriptor, ifStillOver socket: SocketDescriptor) {
  guard websocketContexts().contains(where: { $0.descriptor == ws && $0.socket == socket }) else { return }
  _ = try? websocketDisconnect(ws, timeout: .immediate)
}
