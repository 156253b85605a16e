internal import TLSEngine
internal import WestwindConfiguration
public import WestwindSockets

/// Makes TLS of a connected stream, as the client.
///
/// The peer's certificate and its name are verified, unless the options say otherwise.
///
/// - Parameters:
///   - socket: a connected stream of any kind: a TCP socket, or another TLS descriptor. It stays the caller's, who closes
///     it after the TLS descriptor and leaves it alone until then.
///   - options: `hostName` at least.
///   - timeout: how long the handshake may take in all.
/// - Returns: a descriptor for which all socket calls mean what they mean on a socket, and which polls readable
///   when there is data, also where that waits inside OpenSSL. Any number of threads may use it, one sending while
///   another receives. `recv` gives 0 where the peer has closed in order, and fails with `ECONNRESET` where the stream
///   ended otherwise. `close` tells the peer, if that is possible without waiting.
/// - Throws: `TLSError`, which says what is wrong. The socket is of no use then; close it.
///
/// RFC 8446, RFC 5246.
public func tlsConnect(
  _ socket: SocketDescriptor, _ options: TLSOptions, timeout: Timeout = .forever
) throws(TLSError) -> SocketDescriptor {
  guard BuildConfiguration.NET_SOCKETS_SOCKOPT_TLS else { throw .notSupported(symbol: "NET_SOCKETS_SOCKOPT_TLS") }
  let deadline = Deadline(timeout)
  let peer = options.sessions == nil ? nil : try? socket.getpeername()
  let engine = try TLSConnectionEngine.client(options, peer: peer.map { "\($0)" })
  return try TLSConnection.open(over: socket, engine: engine, deadline: deadline)
}
