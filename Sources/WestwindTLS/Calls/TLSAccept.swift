internal import TLSEngine
internal import WestwindConfiguration
public import WestwindSockets

/// Makes TLS of a connected stream, as the server.
///
/// - Parameters:
///   - socket: as with `tlsConnect`: accepted, and still the caller's.
///   - options: the certificate at least.
///   - timeout: how long the handshake may take in all.
/// - Returns: a descriptor as `tlsConnect` gives it.
/// - Throws: `TLSError`; an `alert` is what the client says of this server's certificate, say.
///
/// RFC 8446, RFC 5246.
public func tlsAccept(
  _ socket: SocketDescriptor, _ options: TLSServerOptions, timeout: Timeout = .forever
) throws(TLSError) -> SocketDescriptor {
  guard BuildConfiguration.NET_SOCKETS_SOCKOPT_TLS else { throw .notSupported(symbol: "NET_SOCKETS_SOCKOPT_TLS") }
  let deadline = Deadline(timeout)
  return try TLSConnection.open(over: socket, engine: try TLSConnectionEngine.server(options), deadline: deadline)
}
