import SocketLayer
import TestSupport
import WebSocket
import WebSocketProtocol

/// A WebSocket under test, and the bytes at its other end.
struct Session: Sendable {
  let ws: WebSocketDescriptor
  /// The socket below.
  let socket: SocketDescriptor
  let peer: RawPeer
  /// The role of the WebSocket under test.
  let role: Role

  /// Writes frames as the other role has to: a client masks.
  func write(_ frames: Frame...) throws {
    try peer.write(bytes(frames))
  }

  func bytes(_ frames: [Frame]) -> [UInt8] {
    frames.map { role == .server && !$0.isMasked ? $0.masked(.sample) : $0 }.bytes
  }

  func bytes(_ frames: Frame...) -> [UInt8] {
    bytes(frames)
  }

  /// Frees all of it, in whatever state it is.
  func end() {
    peer.close()
    _ = try? websocketDisconnect(ws, timeout: .immediate)
    try? socket.close()
  }
}

/// Opens a WebSocket in a role and runs `body` with it; frees all of it behind that.
func withSession<R>(
  _ role: Role = .client, over wire: Wire = .tcp, options: WebSocketOptions = WebSocketOptions(),
  _ body: (Session) throws -> R
) throws -> R {
  let (socket, peer) = try wire.open()
  return try withSession(role, socket, peer, options: options, body)
}

/// The same over two ends that are there already.
func withSession<R>(
  _ role: Role = .client, _ socket: SocketDescriptor, _ peer: RawPeer,
  options: WebSocketOptions = WebSocketOptions(), _ body: (Session) throws -> R
) throws -> R {
  let ws: WebSocketDescriptor
  do {
    switch role {
    case .client:
      let server = BlockingThread { try peer.acceptHandshake() }
      var request = WebSocketRequest(host: "localhost", url: "/")
      request.options = options
      ws = try websocketConnect(socket, request, timeout: patience)
      try server.join()
    case .server:
      ws = try websocketRegister(socket, options: options)
    }
  } catch {
    peer.close()
    try? socket.close()
    throw error
  }
  let session = Session(ws: ws, socket: socket, peer: peer, role: role)
  defer { session.end() }
  return try body(session)
}

/// Options with some fields changed.
func options(_ change: (inout WebSocketOptions) -> Void) -> WebSocketOptions {
  var options = WebSocketOptions()
  change(&options)
  return options
}
