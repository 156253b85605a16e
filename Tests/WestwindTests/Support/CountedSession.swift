import WebSocketProtocol
import Westwind

/// A session over a socket whose writes are noted.
func withCounted(
  _ role: Role = .client, options: WebSocketOptions = WebSocketOptions(),
  _ body: (Session, CountingSocket) throws -> Void
) throws {
  let (socket, peer) = try memoryPair()
  let counting = CountingSocket(over: socket)
  try withSession(role, socket, peer, options: options) { session in
    counting.takeWrites()
    try body(session, counting)
  }
}
