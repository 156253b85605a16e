import ArgumentParser
import Glibc
import WestwindSockets
import WestwindTLS

/// Where the server is, and the way there.
struct BenchServer {
  let port: UInt16
  let isSecure: Bool

  init(_ url: String) throws {
    guard let port = url.split(separator: ":").last.flatMap({ UInt16($0) }), url.hasPrefix("ws") else {
      throw ValidationError("'\(url)' is not ws://127.0.0.1:PORT, nor wss://127.0.0.1:PORT")
    }
    self.port = port
    isSecure = url.hasPrefix("wss:")
  }

  /// A TCP connection, and what lies on it.
  struct Stack {
    let socket: SocketDescriptor
    let tls: SocketDescriptor?

    var top: SocketDescriptor { tls ?? socket }

    func close() throws {
      try tls?.close()
      try socket.close()
    }
  }

  func stack() throws -> Stack {
    let socket = try SocketDescriptor.open(.ipv4)
    try socket.connect(to: .loopback(port: port))
    try socket.setsockopt(level: CInt(IPPROTO_TCP), name: TCP_NODELAY, value: 1)
    guard isSecure else { return Stack(socket: socket, tls: nil) }
    var options = TLSOptions()
    options.verifiesPeer = false
    return Stack(socket: socket, tls: try tlsConnect(socket, options))
  }

  func connect() throws -> SocketDescriptor { try stack().top }
}
