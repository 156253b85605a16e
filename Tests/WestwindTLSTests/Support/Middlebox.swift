import WestwindSockets

/// Passes bytes on in both directions, until it does not.
struct Middlebox {
  let client: SocketDescriptor
  let server: SocketDescriptor

  init(between client: SocketDescriptor, and server: SocketDescriptor) {
    self.client = client
    self.server = server
  }

  /// - Parameters:
  ///   - limit: after so many bytes of the server's, counted from the first record of application data, both ends see the
  ///     end of the stream.
  ///   - position: the byte of those to flip.
  func run(cuttingBehind limit: Int = .max, changing position: Int = -1) throws {
    var passed = -1
    while true {
      var entries = [PollEntry(client, .readable), PollEntry(server, .readable)]
      _ = try SocketDescriptor.poll(&entries, timeout: .seconds(60))
      if !entries[0].returned.isEmpty {
        let bytes = try client.recv(maxCount: 65536)
        if bytes.isEmpty { return }
        try server.send(bytes)
      }
      guard !entries[1].returned.isEmpty else { continue }
      // A byte at a time until the handshake is over would be slow: it is over when a large record comes.
      var bytes = try server.recv(maxCount: 65536)
      if bytes.isEmpty { return }
      if passed < 0, bytes.count > 10_000 { passed = 0 }
      guard passed >= 0 else {
        try client.send(bytes)
        continue
      }
      if bytes.indices.contains(position - passed) { bytes[position - passed] ^= 1 }
      try client.send(Array(bytes.prefix(limit - passed)))
      passed += bytes.count
      if passed >= limit {
        try client.shutdown(.readWrite)
        return
      }
    }
  }
}
