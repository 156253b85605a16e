public import WestwindSockets

/// What is known of a TLS descriptor's connection; nil for a descriptor that is none.
///
/// Where a socket call failed on it, `lastError` says why in TLS's own words.
public func tlsInfo(_ descriptor: SocketDescriptor) -> TLSInfo? {
  var operations = descriptor.operations
  // While a callback writes headers to it.
  if let tap = operations as? SendTap { operations = tap.socket }
  return switch operations {
  case let connection as TLSConnection: connection.info
  case let socket as TLSSocket: socket.info
  default: nil
  }
}

extension TLSConnection {
  var info: TLSInfo { tls.withLock { $0.info } }
}
