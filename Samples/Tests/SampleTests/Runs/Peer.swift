import SampleTestSupport
import Westwind
import WestwindSockets

/// A peer on a free port of the loopback address, or at a path, that serves one connection in a thread of its own.
struct Peer<Value: Sendable>: Sendable {
  let port: UInt16
  private let thread: BlockingThread<Value>

  /// Accepts one connection and calls `body`, which also closes the socket.
  private init(
    at address: SocketAddress = .loopback(port: 0), serving body: @escaping @Sendable (SocketDescriptor) throws -> Value
  ) throws {
    let listener = try SocketDescriptor.open(address.family!)
    try listener.bind(to: address)
    try listener.listen()
    port = try listener.getsockname().port ?? 0
    thread = BlockingThread {
      defer { try? listener.close() }
      return try body(try listener.accept(timeout: .seconds(20)))
    }
  }

  /// Accepts one connection and calls `body` with its socket, which is closed afterwards.
  static func socket(
    at address: SocketAddress = .loopback(port: 0), _ body: @escaping @Sendable (SocketDescriptor) throws -> Value
  ) throws -> Peer {
    try Peer(at: address) { socket in
      defer { try? socket.close() }
      return try body(socket)
    }
  }

  /// Accepts one connection, upgrades it, and calls `body` with the WebSocket. Then the socket is closed without a
  /// close frame.
  static func webSocket(
    _ options: WebSocketOptions = .init(), _ body: @escaping @Sendable (WebSocketDescriptor) throws -> Value
  ) throws -> Peer {
    try Peer { socket in
      let ws: WebSocketDescriptor
      do {
        ws = try websocketUpgrade(socket, options: options, timeout: .seconds(10))
      } catch {
        try? socket.close()
        throw error
      }
      defer {
        // A close frame can no longer leave. A body that has disconnected leaves only the socket to close.
        try? socket.shutdown(.readWrite)
        if (try? websocketUnregister(ws)) == nil { try? socket.close() }
      }
      return try body(ws)
    }
  }

  /// Reads a request head and answers with these bytes.
  static func answering(_ response: String) throws -> Peer where Value == String {
    try socket { socket in
      var head: [UInt8] = []
      while !String(decoding: head, as: UTF8.self).contains("\r\n\r\n") {
        let bytes = try socket.recv(maxCount: 4096, timeout: .seconds(10))
        if bytes.isEmpty { break }
        head += bytes
      }
      if !response.isEmpty { _ = try socket.send(Array(response.utf8)) }
      // Until the client goes: an early end would be another failure than the answer.
      _ = try? socket.recv(maxCount: 1, timeout: .seconds(10))
      return String(decoding: head, as: UTF8.self)
    }
  }

  var url: String { "ws://127.0.0.1:\(port)/" }

  /// What the body gave back.
  func join() throws -> Value { try thread.join() }
}
