public import SocketLayer

/// What is known of a TLS descriptor's connection; nil for a descriptor that is none.
///
/// Where a socket call failed on it, `lastError` says why in TLS's own words.
public func tlsInfo(_ descriptor: SocketDescriptor) -> TLSInfo? {
  (descriptor.operations as? TLSConnection)?.info
}

extension TLSConnection {
  var info: TLSInfo { engine.withLock { $0.info } }
}
