internal import Synchronization
internal import WebSocketEngine
internal import WestwindSockets

/// The open connections of the process.
///
/// A connection is found by its own number in the table of descriptors, and by that of the socket below in `Layers`, as every
/// layer is.
enum Registry {
  private static let count = Atomic<Int>(0)

  /// Keeps the place over a socket, so that two threads do not open two WebSockets over one.
  static func reserve(_ socket: SocketDescriptor, maxContexts: Int) throws(WebSocketError) -> Layers.Place {
    if socket.layer != nil { Layers.dropStale(socket.rawValue) }
    guard let place = Layers.reserve(over: socket.rawValue) else { throw .socketInUse }
    guard count.wrappingAdd(1, ordering: .relaxed).newValue <= maxContexts else {
      release(place)
      throw .tooManyContexts(limit: maxContexts)
    }
    return place
  }

  /// Gives a place back that has no connection.
  static func release(_ place: Layers.Place) {
    Layers.leave(place)
    count.wrappingSubtract(1, ordering: .relaxed)
  }

  /// Makes the connection's number a WebSocket, and a descriptor for socket calls.
  static func list(_ connection: BlockingConnection, _ place: Layers.Place) -> WebSocketDescriptor {
    _ = SocketDescriptor.enter(connection, number: connection.number)
    // The socket has been closed meanwhile by `close(2)`, and its number is another's.
    if !Layers.put(connection, place) { connection.loseSocket(isOpen: false) }
    return WebSocketDescriptor(connection)
  }

  /// Takes it out again, and gives its place back.
  static func unlist(_ connection: BlockingConnection) {
    connection.note(.freed)
    SocketDescriptor.unregister(number: connection.number, of: connection)
    Layers.leave(connection.socket.rawValue, connection)
    count.wrappingSubtract(1, ordering: .relaxed)
  }

  // MARK: Streams that end with their connection

  /// What `WebSocketConnection` owned before its descriptor took that over.
  private static let streams = SharedLock<[ObjectIdentifier: OwnedStream]>([:])
  /// There has been one: most processes have none.
  private static let hasStreams = Atomic<Bool>(false)

  /// Has all that is below a connection closed when the connection is freed.
  static func own(_ stream: consuming WebSocketConnection, by connection: BlockingConnection) {
    let owned = OwnedStream(stream)
    hasStreams.store(true, ordering: .sequentiallyConsistent)
    streams.withLock { $0[ObjectIdentifier(connection)] = owned }
    // Another thread may have disconnected it meanwhile, and found nothing to close.
    if connection.state.contains(.freed) { closeStream(of: connection) }
  }

  /// The stream that ends with the connection; nil if that is the caller's.
  static func stream(of connection: BlockingConnection) -> OwnedStream? {
    guard hasStreams.load(ordering: .sequentiallyConsistent) else { return nil }
    return streams.withLock { $0[ObjectIdentifier(connection)] }
  }

  /// Closes the stream that ends with the connection, if there is one. The connection has been freed.
  static func closeStream(of connection: BlockingConnection) {
    guard hasStreams.load(ordering: .sequentiallyConsistent) else { return }
    let owned = streams.withLock { $0.removeValue(forKey: ObjectIdentifier(connection)) }
    _ = owned  // closed outside the lock
  }

  // MARK: Look-up

  /// All of them, in the order of their numbers.
  static var all: [BlockingConnection] { SocketDescriptor.allObjects.compactMap { $0 as? BlockingConnection } }

  /// The connection that a descriptor knows, or the one behind its number.
  @inline(__always)
  static func connection(_ descriptor: WebSocketDescriptor) throws(WebSocketError) -> BlockingConnection {
    guard let connection = descriptor.connection else { return try connection(number: descriptor) }
    guard !connection.state.contains(.freed) else { throw .badDescriptor }
    return connection
  }

  /// As `connection`, for a call that frees the number: one that has become another file's is not this library's to free.
  static func connectionToFree(_ descriptor: WebSocketDescriptor) throws(WebSocketError) -> BlockingConnection {
    if descriptor.connection == nil { Layers.dropStale(descriptor.rawValue) }
    return try connection(descriptor)
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

/// A box, since a dictionary holds copyable values.
final class OwnedStream: Sendable {
  let connection: WebSocketConnection

  init(_ connection: consuming WebSocketConnection) { self.connection = connection }
}
