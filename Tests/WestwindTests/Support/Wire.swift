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
