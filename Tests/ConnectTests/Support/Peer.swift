import Westwind
import WestwindSockets
// It is what each peer here reads and writes with.
@_exported import WestwindTestPeer
import WestwindTestSupport

/// A server of a test: it takes some connections, one after the other, on a thread of its own.
struct Peer<Value: Sendable>: Sendable {
  let address: SocketAddress
  private let thread: BlockingThread<[Value]>

  /// - Parameters:
  ///   - address: where to listen.
  ///   - connections: how many to take.
  ///   - body: serves one; its socket is closed afterwards.
  init(
    at address: SocketAddress = .loopback(port: 0), connections: Int = 1,
    _ body: @escaping @Sendable (SocketDescriptor) throws -> Value
  ) throws {
    let listener = try SocketDescriptor.open(address.family!)
    do {
      if address.family != .unix { try listener.setsockopt(level: 1, name: 2, value: 1) }  // SO_REUSEADDR
      try listener.bind(to: address)
      try listener.listen()
      self.address = try listener.getsockname()
    } catch {
      try? listener.close()
      throw error
    }
    thread = BlockingThread {
      defer { try? listener.close() }
      return try (0..<connections).map { _ in
        let socket = try listener.accept(timeout: patience)
        defer { try? socket.close() }
        return try body(socket)
      }
    }
  }

  var port: UInt16 { address.port ?? 0 }
  var url: String { "ws://127.0.0.1:\(port)/" }

  /// What the body gave back for each connection.
  func join() throws -> [Value] { try thread.join() }
}

/// Serves a WebSocket that sends back each message, up to CLOSE.
///
/// - Returns: why the client closed.
@discardableResult
func serveEcho(_ socket: SocketDescriptor) throws -> CloseStatus {
  let ws = try websocketUpgrade(socket, subprotocols: ["echo"], timeout: patience)
  while case .binary(let bytes) = try ws.receiveMessage(timeout: patience) {
    try ws.sendMsg(bytes, opcode: .binary, timeout: patience)
  }
  return try websocketDisconnect(ws)
}

/// Sends a message and expects it back.
func echoes(_ connection: borrowing WebSocketConnection) throws -> Bool {
  try connection.descriptor.sendMsg([1, 2, 3], opcode: .binary, timeout: patience)
  return try connection.descriptor.receiveMessage(timeout: patience).binary == [1, 2, 3]
}
