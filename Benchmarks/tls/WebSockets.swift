import BenchmarkSupport
import Westwind
import WestwindSockets
import WestwindTLS

/// A server on the loopback address that takes connections one after the other, with TLS or without.
private struct Server {
  let port: UInt16
  private let thread: BlockingThread<[[SocketDescriptor]]>

  init(isSecure: Bool, connections: Int) throws {
    let listener = try SocketDescriptor.open(.ipv4)
    try listener.bind(to: .loopback(port: 0))
    try listener.listen()
    port = try listener.getsockname().port ?? 0
    let options = tlsServerOptions()
    thread = BlockingThread {
      defer { try? listener.close() }
      return try (0..<connections).map { _ in
        let tcp = try listener.accept()
        // TCP's wait for more to send is no part of what is measured.
        try tcp.setsockopt(level: 6, name: 1, value: 1)  // IPPROTO_TCP, TCP_NODELAY
        let below = isSecure ? [try tlsAccept(tcp, options), tcp] : [tcp]
        let ws = try websocketUpgrade(below[0], timeout: .seconds(30))
        // What the client has to read for the session's ticket to come.
        try ws.sendMsg([1], opcode: .binary)
        return [ws.descriptor] + below
      }
    }
  }

  /// Each connection's descriptors, the uppermost first.
  func join() throws -> [[SocketDescriptor]] { try thread.join() }
}

private func urlOptions(_ version: TLSVersion?, _ sessions: TLSSessionCache? = nil) -> ConnectOptions {
  var options = ConnectOptions()
  options.proxy = .none
  if let version { options.tls = tlsOptions(version) }
  options.tls.sessions = sessions
  return options
}

private func connect(_ port: UInt16, _ options: ConnectOptions, isSecure: Bool) throws -> WebSocketConnection {
  let connection = try websocketConnect(url: "\(isSecure ? "wss" : "ws")://127.0.0.1:\(port)/", options: options)
  _ = try connection.descriptor.recvMsg(maxCount: 1)
  return connection
}

/// The mean time from the call to the first message received, over TCP on the loopback address: TCP, TLS unless there
/// is no version, and the opening handshake, with both ends' work.
func connectTime(_ version: TLSVersion?, resumes: Bool, count: Int) throws -> Duration {
  let server = try Server(isSecure: version != nil, connections: count + 1)
  let options = urlOptions(version, resumes ? TLSSessionCache() : nil)
  var total = Duration.zero
  // The first makes what is shared, and the session.
  for number in 0...count {
    let start = ContinuousClock.now
    let connection = try connect(server.port, options, isSecure: version != nil)
    if number > 0 { total += .now - start }
    _ = try? connection.close(timeout: .immediate)
  }
  for end in try server.join() { for descriptor in end { try descriptor.close() } }
  return total / count
}

/// What the C library has allocated more for each end while connections are open on which nothing happens: WebSocket and
/// all below it.
func idleWebSocketMemory(_ version: TLSVersion?, count: Int) throws -> (client: Int, server: Int) {
  let options = urlOptions(version)
  func open(_ count: Int) throws -> (clients: [Client], servers: [[SocketDescriptor]]) {
    let server = try Server(isSecure: version != nil, connections: count)
    let clients = try (0..<count).map { _ in Client(try connect(server.port, options, isSecure: version != nil)) }
    return (clients, try server.join())
  }
  func close(_ ends: [[SocketDescriptor]]) throws {
    for end in ends { for descriptor in end { try descriptor.close() } }
  }
  let some = try open(10)
  some.clients.forEach { $0.close() }
  try close(some.servers)
  let before = allocatedBytes()
  let (clients, servers) = try open(count)
  let whole = allocatedBytes()
  clients.forEach { $0.close() }
  let withoutClients = allocatedBytes()
  try close(servers)
  return ((whole - withoutClients) / count, (withoutClients - before) / count)
}

/// A connection in an array.
private final class Client {
  private var connection: WebSocketConnection?

  init(_ connection: consuming WebSocketConnection) {
    self.connection = consume connection
  }

  func close() {
    _ = try? connection.take()?.close(timeout: .immediate)
  }
}
