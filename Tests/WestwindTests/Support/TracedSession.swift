import WebSocketProtocol
import Westwind

/// A session over a socket whose writes are counted.
func withTraced(
  _ role: Role = .client, options: WebSocketOptions = WebSocketOptions(),
  _ body: (Session, TracedSocket) throws -> Void
) throws {
  let (below, peer) = try memoryPair()
  let (socket, traced) = TracedSocket.make(over: below)
  try withSession(role, socket, peer, options: options) { session in
    _ = traced.takeWrites()
    try body(session, traced)
  }
}
