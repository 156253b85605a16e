import WestwindSockets
import WestwindTesting

/// What a connection under test runs over.
enum Wire: Sendable, CaseIterable {
  /// TCP on the loopback address.
  case tcp
  /// A pipe in memory.
  case memory

  /// Two connected ends.
  func open() throws -> (SocketDescriptor, RawPeer) {
    switch self {
    case .tcp:
      let (socket, peer) = try tcpPair()
      return (socket, RawPeer(socket: peer, opposite: socket))
    case .memory:
      return try memoryPair()
    }
  }
}

/// Two ends of a pipe in memory; each direction holds so many bytes.
func memoryPair(capacity: Int = 1 << 20) throws -> (SocketDescriptor, RawPeer) {
  let (socket, peer) = try MemorySocket.pair(capacity: capacity)
  return (socket, RawPeer(socket: peer, opposite: socket))
}

/// Two ends of a TCP connection. `configure` sets options before it is made, as buffer sizes ask for.
func tcpPair(
  configure: (SocketDescriptor) throws -> Void = { _ in }
) throws -> (SocketDescriptor, SocketDescriptor) {
  let listener = try SocketDescriptor.open(.ipv4)
  defer { try? listener.close() }
  try configure(listener)
  try listener.bind(to: .loopback(port: 0))
  try listener.listen()
  let client = try SocketDescriptor.open(.ipv4)
  do {
    try configure(client)
    try client.connect(to: try listener.getsockname(), timeout: patience)
    return (client, try listener.accept(timeout: patience))
  } catch {
    try? client.close()
    throw error
  }
}
