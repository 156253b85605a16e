import WestwindSockets
import WestwindTLS
import WestwindTestSupport

/// Two TLS descriptors that are connected, and the sockets below them.
struct TLSPair {
  let client: SocketDescriptor
  let server: SocketDescriptor
  let sockets: (client: SocketDescriptor, server: SocketDescriptor)

  init(
    _ clientOptions: TLSOptions? = nil, _ serverOptions: TLSServerOptions? = nil,
    over pair: (SocketDescriptor, SocketDescriptor)? = nil
  ) throws {
    sockets = try pair ?? SocketDescriptor.pair()
    let (clientOptions, serverOptions) = (
      try clientOptions ?? Standard.client(), try serverOptions ?? Standard.server()
    )
    let below = sockets.server
    let accepting = BlockingThread { try tlsAccept(below, serverOptions, timeout: .seconds(20)) }
    do {
      client = try tlsConnect(sockets.client, clientOptions, timeout: .seconds(20))
    } catch {
      try? sockets.client.shutdown(.readWrite)
      if let server = try? accepting.join() { try? server.close() }
      try? sockets.client.close()
      try? sockets.server.close()
      throw error
    }
    server = try accepting.join()
  }

  func close() throws {
    try client.close()
    try server.close()
    try sockets.client.close()
    try sockets.server.close()
  }
}

extension SocketDescriptor {
  /// Exactly so many bytes, or fewer at the end of the stream.
  func receiveAll(_ count: Int, timeout: Timeout = .seconds(20)) throws -> [UInt8] {
    try recv(maxCount: count, flags: .waitForAll, timeout: timeout)
  }
}
