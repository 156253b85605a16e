internal import CWestwindOpenSSL

/// What OpenSSL's callbacks have to know of the connection that they are called for. Used within calls of its engine only.
final class SSLCallbacks {
  /// Is given each session that can be resumed.
  let onSession: ((TLSSession) -> Void)?
  /// What a server offers, as on the wire (RFC 7301 3.1).
  let protocols: [UInt8]
  /// Certificates that are not good are noted, and do not end the handshake.
  let isLenient: Bool
  /// What was wrong with the peer's certificate first, with the name of the authority that it is about.
  private(set) var refusal: (code: CInt, depth: CInt, issuer: String)?
  /// All that was wrong with it, as `TLSConnectionEngine.verifyResult` tells it.
  private(set) var verifyResult: CInt = 0

  init(protocols: [UInt8], isLenient: Bool, onSession: ((TLSSession) -> Void)?) {
    self.onSession = onSession
    self.protocols = protocols
    self.isLenient = isLenient
  }

  /// A number that is none of OpenSSL's errors says that the others are those of `verifyResult`.
  private static let listed: CInt = 1 << 24

  /// Notes a finding of OpenSSL's verification.
  ///
  /// - Returns: the error to store in the session: all that was found so far. OpenSSL alone would store the last.
  private func note(_ code: CInt, depth: CInt, issuer: String) -> CInt {
    if refusal == nil { refusal = (code, depth, issuer) }
    verifyResult |= TLSFailure<Never>(verifyResult: code, depth: depth, issuer: issuer, expected: "").verifyResultBit
    return isLenient ? SSLCallbacks.listed | verifyResult : code
  }

  /// Notes what was wrong with the certificate when the session began.
  func noteResumed(_ kept: CInt) {
    if kept & SSLCallbacks.listed != 0 { verifyResult |= kept & ~SSLCallbacks.listed }
  }

  func attach(to ssl: OpaquePointer) {
    // Index 0 is the application's own.
    unsafe SSL_set_ex_data(ssl, 0, Unmanaged.passUnretained(self).toOpaque())
  }

  /// Sound: the engine keeps the callbacks for as long as the `SSL`.
  private static func of(_ ssl: OpaquePointer?) -> SSLCallbacks? {
    guard let pointer = unsafe SSL_get_ex_data(ssl, 0) else { return nil }
    return unsafe Unmanaged<SSLCallbacks>.fromOpaque(pointer).takeUnretainedValue()
  }

  /// A session that can be resumed has come.
  static let keepSession: @convention(c) (OpaquePointer?, OpaquePointer?) -> CInt = { ssl, session in
    guard let session = unsafe session, let onSession = unsafe SSLCallbacks.of(ssl)?.onSession,
      unsafe SSL_SESSION_is_resumable(session) == 1
    else { return 0 }
    onSession(unsafe TLSSession(owning: session))
    return 1  // it is ours now
  }

  /// RFC 7301 3.2: the server's first choice that the client offers too, or an alert.
  static let chooseProtocol: SSL_CTX_alpn_select_cb_func = { ssl, chosen, chosenLength, offered, offeredLength, _ in
    guard let callbacks = unsafe SSLCallbacks.of(ssl), !callbacks.protocols.isEmpty else { return SSL_TLSEXT_ERR_NOACK }
    // Sound: the choice points into the server's list, which lives as long as the callbacks and never changes; or into the
    // client's, which is not used then.
    return unsafe callbacks.protocols.withUnsafeBufferPointer { ours in
      var start: UnsafeMutablePointer<UInt8>?
      let found = unsafe SSL_select_next_proto(
        &start, chosenLength, ours.baseAddress, UInt32(ours.count), offered, offeredLength)
      guard found == OPENSSL_NPN_NEGOTIATED, let start = unsafe start else { return SSL_TLSEXT_ERR_ALERT_FATAL }
      unsafe chosen?.pointee = UnsafePointer(start)
      return SSL_TLSEXT_ERR_OK
    }
  }

  /// Notes what is wrong. An authority further up the chain whose list was not given is let pass.
  static let verify: SSL_verify_cb = { isGood, store in
    guard isGood != 1 else { return 1 }
    let code = unsafe X509_STORE_CTX_get_error(store)
    let depth = unsafe X509_STORE_CTX_get_error_depth(store)
    let ssl = unsafe X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx())
    guard let callbacks = unsafe SSLCallbacks.of(ssl.map { OpaquePointer($0) }) else { return 0 }
    if code == X509_V_ERR_UNABLE_TO_GET_CRL, depth > 0 {
      unsafe X509_STORE_CTX_set_error(store, callbacks.verifyResult == 0 ? X509_V_OK : listed | callbacks.verifyResult)
      return 1
    }
    let certificate = unsafe X509_STORE_CTX_get_current_cert(store)
    let issuer = unsafe certificate.flatMap { unsafe text(ofName: X509_get_issuer_name($0)) } ?? "?"
    unsafe X509_STORE_CTX_set_error(store, callbacks.note(code, depth: depth, issuer: issuer))
    return callbacks.isLenient ? 1 : 0
  }
}
