internal import CWestwindOpenSSL

/// What OpenSSL's callbacks have to know of the connection that they are called for. Used under the engine's lock.
final class Hooks {
  let sessions: TLSSessionCache?
  let sessionKey: SessionKey?
  /// What a server offers, as on the wire (RFC 7301 3.1).
  let protocols: [UInt8]
  /// What is wrong with the certificate is noted, and ends nothing.
  let isLenient: Bool
  /// What was wrong with the peer's certificate first, with the name of the authority that it is about.
  private(set) var refusal: (code: CInt, depth: CInt, issuer: String)?
  /// All that was wrong with it, as `TLSSocketOption.certificateVerifyResult` tells it.
  private(set) var verifyResult: CInt = 0

  init(sessions: TLSSessionCache?, sessionKey: SessionKey?, protocols: [UInt8], isLenient: Bool) {
    self.sessions = sessions
    self.sessionKey = sessionKey
    self.protocols = protocols
    self.isLenient = isLenient
  }

  /// A number that is none of OpenSSL's errors says that the others are those of `verifyResult`.
  private static let listed: CInt = 1 << 24

  /// Notes what OpenSSL's verification found.
  ///
  /// - Returns: what OpenSSL is to keep for the session: all that was found so far, where it would keep the last.
  private func note(_ code: CInt, depth: CInt, issuer: String) -> CInt {
    if refusal == nil { refusal = (code, depth, issuer) }
    verifyResult |= TLSError(verifyResult: code, depth: depth, issuer: issuer, expected: "").zephyrVerifyResult
    return isLenient ? Hooks.listed | verifyResult : code
  }

  /// Notes what was wrong with the certificate when the session began.
  func noteResumed(_ kept: CInt) {
    if kept & Hooks.listed != 0 { verifyResult |= kept & ~Hooks.listed }
  }

  func attach(to ssl: OpaquePointer) {
    // Index 0 is the application's own.
    unsafe SSL_set_ex_data(ssl, 0, Unmanaged.passUnretained(self).toOpaque())
  }

  /// Sound: the engine keeps the hooks for as long as the `SSL`.
  private static func of(_ ssl: OpaquePointer?) -> Hooks? {
    guard let pointer = unsafe SSL_get_ex_data(ssl, 0) else { return nil }
    return unsafe Unmanaged<Hooks>.fromOpaque(pointer).takeUnretainedValue()
  }

  /// A session that can be resumed has come.
  static let keepSession: @convention(c) (OpaquePointer?, OpaquePointer?) -> CInt = { ssl, session in
    guard let session = unsafe session, let hooks = unsafe Hooks.of(ssl), let sessions = hooks.sessions,
      let key = hooks.sessionKey, unsafe SSL_SESSION_is_resumable(session) == 1
    else { return 0 }
    sessions.put(unsafe Session(owning: session), for: key)
    return 1  // it is ours now
  }

  /// RFC 7301 3.2: the server's first choice that the client offers too, or an alert.
  static let chooseProtocol: SSL_CTX_alpn_select_cb_func = { ssl, chosen, chosenLength, offered, offeredLength, _ in
    guard let hooks = unsafe Hooks.of(ssl), !hooks.protocols.isEmpty else { return SSL_TLSEXT_ERR_NOACK }
    // Sound: the choice points into the server's list, which lives as long as the hooks and never changes; or into the
    // client's, which is not used then.
    return unsafe hooks.protocols.withUnsafeBufferPointer { ours in
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
    guard let hooks = unsafe Hooks.of(ssl.map { OpaquePointer($0) }) else { return 0 }
    if code == X509_V_ERR_UNABLE_TO_GET_CRL, depth > 0 {
      unsafe X509_STORE_CTX_set_error(store, hooks.verifyResult == 0 ? X509_V_OK : listed | hooks.verifyResult)
      return 1
    }
    let certificate = unsafe X509_STORE_CTX_get_current_cert(store)
    let issuer = unsafe certificate.flatMap { unsafe text(ofName: X509_get_issuer_name($0)) } ?? "?"
    unsafe X509_STORE_CTX_set_error(store, hooks.note(code, depth: depth, issuer: issuer))
    return hooks.isLenient ? 1 : 0
  }
}
