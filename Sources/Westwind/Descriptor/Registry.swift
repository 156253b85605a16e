internal import WebSocketEngine
internal import WestwindSockets

/// The open connections of the process.
///
/// A connection is found by its own number in the table of descriptors, as every layer is. What is kept here is one place for
/// each socket below.
enum Registry {
  /// By the number of the socket below: its connection; nil while that is about to be opened.
  private static let places = SharedLock<[CInt: BlockingConnection?]>([:])

  /// Keeps a place, so that two threads do not open two WebSockets over one socket.
  static func reserve(_ socket: SocketDescriptor, maxContexts: Int) throws(WebSocketError) {
    try places.withLock { places throws(WebSocketError) in
      guard places[socket.rawValue] == nil else { throw .socketInUse }
      guard places.count < maxContexts else { throw .tooManyContexts(limit: maxContexts) }
      places[socket.rawValue] = .some(nil)
    }
  }

  /// Gives the place back.
  static func release(_ socket: SocketDescriptor) {
    let connection = places.withLock { $0.removeValue(forKey: socket.rawValue) }
    _ = connection  // released outside the lock, since a release may run code of its own
  }

  /// Makes the connection's number a WebSocket, and a descriptor for socket calls.
  static func list(_ connection: BlockingConnection) -> WebSocketDescriptor {
    places.withLock { $0[connection.socket.rawValue] = .some(connection) }
    _ = SocketDescriptor.register(connection, number: connection.number)
    return WebSocketDescriptor(connection)
  }

  /// Takes it out again, and gives its place back.
  static func unlist(_ connection: BlockingConnection) {
    connection.note(.freed)
    SocketDescriptor.unregister(number: connection.number)
    release(connection.socket)
  }

  /// All of them, in the order of their numbers.
  static var all: [BlockingConnection] {
    places.withLock { $0.values.compactMap { $0 } }.sorted { $0.number < $1.number }
  }

  /// The connection that a descriptor knows, or the one behind its number.
  @inline(__always)
  static func connection(_ descriptor: WebSocketDescriptor) throws(WebSocketError) -> BlockingConnection {
    guard let connection = descriptor.connection else { return try connection(number: descriptor) }
    guard !connection.state.contains(.freed) else { throw .badDescriptor }
    return connection
  }

  private static func connection(number descriptor: WebSocketDescriptor) throws(WebSocketError) -> BlockingConnection {
    if let connection = descriptor.descriptor.layerObject as? BlockingConnection,
      !connection.state.contains(.freed)
    {
      return connection
    }
    throw descriptor.descriptor.isOpen ? .notAWebSocket : .badDescriptor
  }
}
