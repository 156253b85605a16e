public import SystemPackage
public import TLSEngine
public import WestwindSockets

/// What is known of a TLS descriptor's connection, or of that of the TLS descriptor below a WebSocket; nil if there is none.
///
/// Where a socket call failed on it, `lastError` says why in TLS's own words.
public func tlsInfo(_ descriptor: SocketDescriptor) -> TLSInfo? {
  var operations = descriptor.operations
  // While a callback writes headers to it.
  if let tap = operations as? SendTap { operations = tap.socket }
  return switch operations {
  case let connection as TLSConnection: connection.info
  case let socket as TLSSocket: socket.info
  case let layer as any LayeredSocket: tlsInfo(layer.descriptorBelow)
  default: nil
  }
}

extension SocketDescriptor {
  /// Sets who has the last word on the peer's certificate, as `TLSOptions.verifier` does: on a TLS socket before it connects, or
  /// on a listener.
  ///
  /// - Parameter verifier: is asked in each handshake; nil: nobody is.
  /// - Throws: `ENOPROTOOPT` if it is no TLS socket, or is connected already.
  ///
  /// Zephyr's option is `TLS_CERT_VERIFY_CALLBACK`.
  public func setTLSVerifier(_ verifier: TLSVerifier?) throws(Errno) {
    guard let socket = operations as? TLSSocket else { throw .protocolNotAvailable }
    socket.setVerifier(verifier)
  }
}

/// Returns why the peer gave up, with an alert (RFC 8446 6.2), for a call on a TLS descriptor that has failed.
///
/// In TLS 1.3 a client's handshake is over before the server has judged its certificate, so the refusal comes with the first
/// read. A write fails before anybody has read it. So what has come is read here, and dropped.
///
/// - Returns: nil if it is no TLS descriptor, or if something else is wrong with it.
package func tlsRefusal(_ descriptor: SocketDescriptor) -> TLSError? {
  guard tlsInfo(descriptor) != nil else { return nil }
  for _ in 0..<4 {
    guard let bytes = try? descriptor.recv(maxCount: 16384, flags: .dontWait), !bytes.isEmpty else { break }
  }
  guard let error = tlsInfo(descriptor)?.lastError, case .alert = error else { return nil }
  return error
}

extension TLSConnection {
  var info: TLSInfo { tls.withLock { $0.info } }
}
