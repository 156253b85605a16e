internal import Synchronization
internal import WebSocketEngine
internal import WestwindSockets

/// The open connections of the process.
enum Registry {
  private struct State {
    /// Sockets that have a WebSocket, or are about to.
    var sockets: Set<CInt> = []
  }

  private static let state = Lock(State())
  private static let connections = DescriptorTable<BlockingConnection>()

  /// Keeps a place, so that two threads do not open two WebSockets over one socket.
  static func reserve(_ socket: SocketDescriptor, maxContexts: Int) throws(WebSocketError) {
    try state.withLock { state throws(WebSocketError) in
      guard !state.sockets.contains(socket.rawValue) else { throw .socketInUse }
      guard state.sockets.count < maxContexts else { throw .tooManyContexts(limit: maxContexts) }
      state.sockets.insert(socket.rawValue)
    }
  }

  /// Gives the place back.
  static func release(_ socket: SocketDescriptor) {
    state.withLock { _ = $0.sockets.remove(socket.rawValue) }
  }

  /// Makes the connection's number a WebSocket, and a descriptor for socket calls.
  static func list(_ connection: BlockingConnection) -> WebSocketDescriptor {
    connections[connection.number] = connection
    _ = SocketDescriptor.register(connection, number: connection.number)
    return WebSocketDescriptor(connection)
  }

  /// Takes it out again, and gives its place back.
  static func unlist(_ connection: BlockingConnection) {
    connection.note(.freed)
    connections[connection.number] = nil
    release(connection.socket)
  }

  static var all: [BlockingConnection] { connections.all }

  /// The connection that a descriptor knows, or the one behind its number.
  @inline(__always)
  static func connection(_ descriptor: WebSocketDescriptor) throws(WebSocketError) -> BlockingConnection {
    guard let connection = descriptor.connection else { return try connection(number: descriptor) }
    guard !connection.state.contains(.freed) else { throw .badDescriptor }
    return connection
  }

  private static func connection(number descriptor: WebSocketDescriptor) throws(WebSocketError) -> BlockingConnection {
    if let connection = connections[descriptor.rawValue] { return connection }
    throw descriptor.descriptor.isOpen ? .notAWebSocket : .badDescriptor
  }
}
