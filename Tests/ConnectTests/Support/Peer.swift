import Westwind
import WestwindSockets
import WestwindTestSupport

/// Long enough for anything on a busy machine: a test that waits as long has failed.
let patience = Timeout.seconds(30)

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

extension SocketDescriptor {
  func write(_ text: String) throws {
    try write(Array(text.utf8))
  }

  func write(_ bytes: [UInt8]) throws {
    guard try send(bytes, timeout: patience) == bytes.count else { throw TestSupportError("the peer could not write") }
  }

  /// Reads exactly so many bytes.
  func read(_ count: Int) throws -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < count {
      let more = try recv(maxCount: count - bytes.count, timeout: patience)
      guard !more.isEmpty else { throw TestSupportError("the stream ended after \(bytes.count) of \(count) bytes") }
      bytes += more
    }
    return bytes
  }

  /// Reads an HTTP head and nothing behind it.
  func readHead() throws -> Head {
    var bytes: [UInt8] = []
    while !bytes.suffix(4).elementsEqual("\r\n\r\n".utf8) { bytes += try read(1) }
    return Head(text: String(decoding: bytes, as: UTF8.self))
  }

  /// Waits for the other end to close.
  func awaitEnd() throws {
    while try !recv(maxCount: 4096, timeout: patience).isEmpty {}
  }
}

/// An HTTP head as it was sent.
struct Head: Sendable {
  let text: String

  var lines: [String] { text.split(separator: "\r\n").map { String($0) } }
  var firstLine: String { lines.first ?? "" }

  /// The values of a field.
  func values(_ name: String) -> [String] {
    lines.dropFirst().filter { $0.lowercased().hasPrefix(name.lowercased() + ":") }
      .map { String($0.dropFirst(name.count + 1).drop { $0 == " " }) }
  }
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
