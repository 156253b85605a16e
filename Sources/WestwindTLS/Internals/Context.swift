internal import CWestwindOpenSSL
internal import WestwindSockets

/// An `SSL_CTX`: what connections under the same options share. Sound to send: it does not change once it is made, and
/// OpenSSL counts its uses atomically.
@safe final class Context: @unchecked Sendable {
  let key: ContextKey
  let pointer: OpaquePointer

  /// Contexts that were made before. To read a few hundred authorities takes longer than a handshake. The tickets that
  /// a server gives out are worth something only in the context that made them.
  private static let made = Lock<[ContextKey: Context]>([:])
  private static let limit = 64

  static func shared(_ key: ContextKey) throws(TLSError) -> Context {
    if let context = made.withLock({ $0[key] }) { return context }
    let context = try Context(key)
    return made.withLock { made in
      if let other = made[key] { return other }
      if made.count >= limit { made = [:] }
      made[key] = context
      return context
    }
  }

  private init(_ key: ContextKey) throws(TLSError) {
    ErrorQueue.clear()
    guard let pointer = unsafe SSL_CTX_new(key.side == .client ? TLS_client_method() : TLS_server_method()) else {
      throw .badConfiguration(ErrorQueue.takeText())
    }
    self.key = key
    unsafe self.pointer = pointer
    try setProtocol()
    try setCertificate()
    try setVerification()
  }

  deinit {
    unsafe SSL_CTX_free(pointer)
  }

  private func setProtocol() throws(TLSError) {
    guard key.minimumVersion <= key.maximumVersion,
      unsafe co_ctx_set_versions(pointer, key.minimumVersion.wire, key.maximumVersion.wire) == 1
    else { throw .badConfiguration("no version is left between the minimum and the maximum") }
    unsafe co_ctx_set_safe_options(pointer)
    // RSA of 2048 bits, no SHA-1 in signatures, whatever the system's configuration says.
    unsafe SSL_CTX_set_security_level(pointer, 2)
    if let list = key.cipherList, unsafe SSL_CTX_set_cipher_list(pointer, list) != 1 {
      throw .badConfiguration("no cipher suite is known in the list \(list)")
    }
    if let suites = key.cipherSuites, unsafe SSL_CTX_set_ciphersuites(pointer, suites) != 1 {
      throw .badConfiguration("a cipher suite is not known in \(suites)")
    }
    // A list may say `@SECLEVEL`: that would be a way round what this module promises.
    unsafe SSL_CTX_set_security_level(pointer, 2)
    switch key.side {
    case .client:
      let mode = SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL
      unsafe co_ctx_set_session_cache_mode(pointer, Int(mode))
      unsafe SSL_CTX_sess_set_new_cb(pointer, Hooks.keepSession)
    case .server:
      unsafe co_ctx_set_session_cache_mode(pointer, Int(SSL_SESS_CACHE_SERVER))
      let name: StaticString = "westwind"
      // Sound: a constant, as long as it says.
      unsafe SSL_CTX_set_session_id_context(pointer, name.utf8Start, UInt32(name.utf8CodeUnitCount))
      unsafe SSL_CTX_set_alpn_select_cb(pointer, Hooks.chooseProtocol, nil)
    }
  }

  private func setCertificate() throws(TLSError) {
    guard let chain = key.chain, let privateKey = key.privateKey else { return }
    try unsafe Material.withCertificates(chain, "the certificate's chain") { list throws(TLSError) in
      guard unsafe SSL_CTX_use_certificate(pointer, list[0]) == 1 else { throw certificateTrouble() }
      for i in unsafe list.indices.dropFirst() {
        guard unsafe co_ctx_add_chain_certificate(pointer, list[i]) == 1 else { throw certificateTrouble() }
      }
    }
    try unsafe Material.withPrivateKey(privateKey) { privateKey throws(TLSError) in
      guard unsafe SSL_CTX_use_PrivateKey(pointer, privateKey) == 1, unsafe SSL_CTX_check_private_key(pointer) == 1
      else { throw .badConfiguration("the private key is not the certificate's: \(ErrorQueue.takeText())") }
    }
  }

  private func certificateTrouble() -> TLSError {
    .badConfiguration("this side's certificate cannot be used: \(ErrorQueue.takeText())")
  }

  private func setVerification() throws(TLSError) {
    let mode =
      switch key.verification {
      case .none: SSL_VERIFY_NONE
      case .optional: SSL_VERIFY_PEER
      case .required: SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT
      }
    unsafe SSL_CTX_set_verify(pointer, mode, key.verification == .none ? nil : Hooks.verify)
    guard key.verification != .none else { return }
    guard key.trustRoots != nil || !key.revocationLists.isEmpty else {
      return unsafe SSL_CTX_set1_cert_store(pointer, SystemRoots.store)
    }
    guard let store = unsafe X509_STORE_new() else { throw .badConfiguration(ErrorQueue.takeText()) }
    unsafe SSL_CTX_set_cert_store(pointer, store)  // which owns it from here on
    if let roots = key.trustRoots {
      try unsafe Material.withCertificates(roots, "the trust roots") { list throws(TLSError) in
        unsafe list.forEach { unsafe X509_STORE_add_cert(store, $0) }
        // A server tells its clients whose certificates it takes (RFC 8446 4.2.4).
        if key.side == .server { unsafe list.forEach { unsafe SSL_CTX_add_client_CA(pointer, $0) } }
      }
    } else {
      unsafe X509_STORE_set_default_paths(store)
    }
    for list in key.revocationLists {
      try unsafe Material.withRevocationLists(list) { unsafe X509_STORE_add_crl(store, $0) }
    }
    if !key.revocationLists.isEmpty {
      unsafe X509_STORE_set_flags(store, UInt(X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL))
    }
  }
}

/// The system's authorities, read once.
private enum SystemRoots {
  /// Sound: OpenSSL locks what changes in it.
  nonisolated(unsafe) static let store: OpaquePointer? = {
    let store = unsafe X509_STORE_new()
    unsafe X509_STORE_set_default_paths(store)
    return unsafe store
  }()
}
