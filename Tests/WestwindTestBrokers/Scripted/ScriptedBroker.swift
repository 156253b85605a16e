import WestwindSockets
public import WestwindTestSupport

/// A broker whose every byte a test writes: it listens on loopback, and serves some connections one after the other on
/// a thread of its own.
public struct ScriptedBroker<Value: Sendable>: Sendable {
  public let transport: BrokerTransport
  public let port: UInt16
  private let thread: BlockingThread<[Value]>

  /// - Parameters:
  ///   - transport: `.tcp` or `.ws`.
  ///   - connections: how many to take.
  ///   - receiveBuffer: bytes for SO_RCVBUF; a small one fills soon where the script stops reading.
  ///   - body: serves one; it is closed afterwards, if the body has not done so.
  public init(
    _ transport: BrokerTransport, connections: Int = 1, receiveBuffer: Int? = nil,
    _ body: @escaping @Sendable (ScriptedConnection) throws -> Value
  ) throws {
    precondition(!transport.isSecure, "the scripted broker speaks no TLS")
    self.transport = transport
    let listener = try ScriptedListener(receiveBuffer: receiveBuffer)
    port = listener.port
    thread = BlockingThread {
      defer { listener.close() }
      return try (0..<connections).map { number in
        let connection = ScriptedConnection(
          try listener.accept(timeout: ScriptedConnection.patience), isWebSocket: transport.isWebSocket, number: number)
        defer { connection.close() }
        return try body(connection)
      }
    }
  }

  public var url: String { transport.url(port: port) }

  /// Waits for the last connection, and gives back what the body gave for each, or throws what it threw.
  public func join() throws -> [Value] { try thread.join() }
}

/// A listening socket on loopback, on a port that the kernel chose.
struct ScriptedListener: Sendable {
  private let socket: SocketDescriptor
  let port: UInt16

  init(receiveBuffer: Int? = nil) throws {
    let socket = try SocketDescriptor.open(.ipv4)
    do {
      // connections inherit it; the window is told in the first segment
      if let receiveBuffer {
        try socket.setsockopt(level: Option.socket, name: Option.receiveBuffer, value: CInt(receiveBuffer))
      }
      try socket.bind(to: .loopback(port: 0))
      try socket.listen()
      port = try socket.getsockname().port ?? 0
      self.socket = socket
    } catch {
      try? socket.close()
      throw error
    }
  }

  func accept(timeout: Timeout) throws -> SocketDescriptor {
    let connection = try socket.accept(timeout: timeout)
    try connection.setsockopt(level: Option.tcp, name: Option.noDelay, value: 1)
    return connection
  }

  func close() { try? socket.close() }
}

/// Numbers of Linux, which the C library's module gives other types.
enum Option {
  static let socket: CInt = 1  // SOL_SOCKET
  static let receiveBuffer: CInt = 8  // SO_RCVBUF
  static let linger: CInt = 13  // SO_LINGER
  static let tcp: CInt = 6  // IPPROTO_TCP
  static let noDelay: CInt = 1  // TCP_NODELAY
  /// TCP_INFO, whose first byte is the state of the connection.
  static let information: CInt = 11
}
