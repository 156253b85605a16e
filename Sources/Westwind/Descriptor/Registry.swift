internal import Synchronization
internal import WebSocketEngine
internal import WestwindSockets

/// The open connections of the process.
///
/// A connection is found by its own number in the table of descriptors, as every layer is. What is kept here is one place for
/// each socket below.
enum Registry {
  /// By the number of the socket below: its connection; nil while that is about to be opened.
  private static let places = Lock<[CInt: BlockingConnection?]>([:])

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

  // MARK: Streams that end with their connection

  /// What `WebSocketConnection` owned before its descriptor took that over.
  private static let streams = Lock<[ObjectIdentifier: OwnedStream]>([:])
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

/// A box, since a dictionary holds copyable values.
final class OwnedStream: Sendable {
  let connection: WebSocketConnection

  init(_ connection: consuming WebSocketConnection) { self.connection = connection }
}
