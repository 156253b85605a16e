import Glibc
public import WestwindSockets

/// Makes a listening socket, by default on a port that the kernel chooses.
public func listening(
  on address: SocketAddress = .loopback(port: 0), backlog: CInt = 128
) throws -> SocketDescriptor {
  let socket = try SocketDescriptor.open(address.family ?? .ipv4)
  do {
    try socket.bind(to: address)
    try socket.listen(backlog: backlog)
  } catch {
    try? socket.close()
    throw error
  }
  return socket
}

/// Makes the two ends of a TCP connection over the loopback address.
///
/// - Parameter capacity: bytes for the sockets' buffers; nil for what the kernel gives.
public func tcpPair(
  capacity: Int? = nil, address: SocketAddress = .loopback(port: 0)
) throws -> (SocketDescriptor, SocketDescriptor) {
  let listener = try listening(on: address)
  defer { try? listener.close() }
  let client = try SocketDescriptor.open(address.family ?? .ipv4)
  do {
    if let capacity {
      for socket in [listener, client] {
        try socket.setsockopt(level: SOL_SOCKET, name: SO_SNDBUF, value: CInt(capacity))
        try socket.setsockopt(level: SOL_SOCKET, name: SO_RCVBUF, value: CInt(capacity))
      }
    }
    try client.connect(to: try listener.getsockname(), timeout: patience)
    return (client, try listener.accept(timeout: patience))
  } catch {
    try? client.close()
    throw error
  }
}
