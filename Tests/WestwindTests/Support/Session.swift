import Synchronization
import WebSocketProtocol
import Westwind
import WestwindSockets
import WestwindTestSupport

/// A WebSocket under test, and the bytes at its other end.
///
/// What a test frees itself it frees through the session, which then leaves it alone: the number may be another
/// test's by then.
final class Session: Sendable {
  let ws: WebSocketDescriptor
  /// The socket below.
  let socket: SocketDescriptor
  let peer: RawPeer
  /// The role of the WebSocket under test.
  let role: Role
  private let isDisconnected = Atomic<Bool>(false)
  private let isSocketClosed = Atomic<Bool>(false)

  init(ws: WebSocketDescriptor, socket: SocketDescriptor, peer: RawPeer, role: Role) {
    self.ws = ws
    self.socket = socket
    self.peer = peer
    self.role = role
  }

  /// Writes frames as the other role has to: a client masks.
  func write(_ frames: Frame...) throws {
    try peer.write(bytes(frames))
  }

  /// Writes frames, and returns when there is something to receive. Nobody may be receiving meanwhile.
  func deliver(_ frames: Frame...) throws {
    try peer.deliver(bytes(frames))
  }

  func bytes(_ frames: [Frame]) -> [UInt8] {
    frames.map { role == .server && !$0.isMasked ? $0.masked(.sample) : $0 }.bytes
  }

  func bytes(_ frames: Frame...) -> [UInt8] {
    bytes(frames)
  }

  @discardableResult
  func disconnect(
    code: CloseCode? = nil, reason: String = "", timeout: Timeout = patience
  ) throws -> CloseStatus {
    isDisconnected.store(true, ordering: .relaxed)
    return try websocketDisconnect(ws, code: code, reason: reason, timeout: timeout)
  }

  func unregister() throws {
    isDisconnected.store(true, ordering: .relaxed)
    isSocketClosed.store(true, ordering: .relaxed)
    try websocketUnregister(ws)
  }

  /// `close` of the WebSocket's descriptor.
  func closeWebSocket() throws {
    isDisconnected.store(true, ordering: .relaxed)
    try ws.descriptor.close()
  }

  func closeSocket() throws {
    isSocketClosed.store(true, ordering: .relaxed)
    try socket.close()
  }

  /// Frees what is left, in whatever state it is.
  func end() {
    peer.close()
    if !isDisconnected.load(ordering: .relaxed) { _ = try? websocketDisconnect(ws, timeout: .immediate) }
    if !isSocketClosed.load(ordering: .relaxed) { try? socket.close() }
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
