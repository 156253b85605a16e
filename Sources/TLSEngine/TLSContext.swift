internal import CWestwindOpenSSL

/// An `SSL_CTX`: what connections under the same options share.
///
/// Make one for many connections: reading a few hundred authorities takes longer than a handshake, and a server's session
/// tickets are good only in the context that issued them. Nothing here keeps contexts: their owner does.
@safe public final class TLSContext: @unchecked Sendable {
  // Sound to send: it does not change once it is made, and OpenSSL counts its uses atomically.

  /// What a context is made of. Certificates, keys and lists are here by their bytes, PEM or one in DER, so that two equal
  /// configurations make contexts that do the same.
  public struct Configuration: Hashable, Sendable {
    public enum Side: Hashable, Sendable {
      case client
      case server
    }

    /// Whether the peer has to prove who it is.
    public enum Verification: Hashable, Sendable {
      /// It is not verified; a client is not asked for a certificate.
      case none
      /// A client is asked for a certificate, and need not have one. A server has to have a good one.
      case optional
      /// The peer has to show a good certificate.
      case required
    }

    public var side: Side
    public var verification: Verification
    /// The trust anchors (RFC 5280 6.1.1 d): roots, intermediate authorities, or peers' own certificates. A chain that reaches
    /// one of them is good, whoever signed that one. nil: those of the `TLSTrustStore` that the context is given.
    public var trustRoots: [UInt8]?
    /// If there are any, the peer's own certificate has to be, or to have the key of, one of them. That is verified besides
    /// the chain, or, if `verification` is `.none`, in place of it.
    public var pins: [TLSPin] = []
    /// Whether a client asks its server for a proof that its certificate is not revoked (RFC 6066 8).
    public var stapling = OCSPStapling.off
    /// What a server staples to its certificate for a client that asks: a response of OCSP (RFC 6960) in DER. It is not looked
    /// into: clients do that.
    public var staple: [UInt8]?
    /// Each connection has a `TLSVerifier`. A server then resumes no session, since that would pass over the verifier.
    public var hasVerifier = false
    /// Lists of revoked certificates. If there are any, one has to be of the authority of the peer's own certificate. The
    /// certificates further up the chain are looked up in the lists that are there.
    public var revocationLists: [[UInt8]] = []
    /// This side's certificate, with those of its authorities behind it, without the root. A server needs one.
    public var chain: [UInt8]?
    /// The key of the first certificate of `chain`, without a pass phrase.
    public var privateKey: TLSSecret?
    public var minimumVersion = TLSVersion.tls1_2
    public var maximumVersion = TLSVersion.tls1_3
    /// Cipher suites of TLS 1.2, in OpenSSL's words; nil for OpenSSL's own choice. See `ciphers(1)`.
    public var cipherList: String?
    /// Cipher suites of TLS 1.3, joined by colons; nil for OpenSSL's own choice.
    public var cipherSuites: String?
    /// Certificates that are not good are noted in `TLSConnectionEngine.verifyResult`, and do not end the handshake. Off by
    /// default.
    public var isLenient = false

    public init(_ side: Side, verification: Verification) {
      self.side = side
      self.verification = verification
    }
  }

  /// What it was made of, without the private key, which OpenSSL has.
  public let configuration: Configuration
  let pointer: OpaquePointer
  /// The configuration's revocation lists, which OpenSSL looks into but does not own.
  let lists: OpaquePointer?
  /// The trust anchors are the trust store's, and it has none.
  let trustsNobody: Bool

  /// Makes a context. It reads no file itself. (OpenSSL takes random numbers and the time from the system, and reads its
  /// configuration, `openssl.cnf`, when the process makes its first context.)
  ///
  /// - Parameters:
  ///   - configuration: what it is made of.
  ///   - trustStore: the trust roots, if the configuration has none of its own. It is not changed: other
  ///     contexts know nothing of this one's revocation lists.
  /// - Throws: `badConfiguration`, which says what cannot be used.
  public init(_ configuration: Configuration, trustStore: TLSTrustStore? = nil) throws(TLSFailure<Never>) {
    ErrorQueue.clear()
    let method = unsafe configuration.side == .client ? TLS_client_method() : TLS_server_method()
    guard let pointer = unsafe SSL_CTX_new(method) else { throw .badConfiguration(ErrorQueue.takeText()) }
    self.configuration = configuration.withoutKey
    unsafe self.pointer = pointer
    unsafe lists = configuration.revocationLists.isEmpty ? nil : co_lists_new()
    trustsNobody = configuration.trustRoots == nil && trustStore?.isEmpty == true
    try setProtocol()
    try setCertificate(configuration.privateKey)
    try setVerification(trustStore)
  }

  deinit {
    unsafe SSL_CTX_free(pointer)
    if let lists = unsafe lists { unsafe co_lists_free(lists) }
  }

  private func setProtocol() throws(TLSFailure<Never>) {
    guard configuration.minimumVersion <= configuration.maximumVersion,
      unsafe co_ctx_set_versions(pointer, configuration.minimumVersion.wire, configuration.maximumVersion.wire) == 1
    else { throw .badConfiguration("no version is left between the minimum and the maximum") }
    unsafe co_ctx_set_safe_options(pointer)
    // RSA of 2048 bits, no SHA-1 in signatures, whatever the system's configuration says.
    unsafe SSL_CTX_set_security_level(pointer, 2)
    if let list = configuration.cipherList, unsafe SSL_CTX_set_cipher_list(pointer, list) != 1 {
      throw .badConfiguration("no cipher suite is known in the list \(list)")
    }
    if let suites = configuration.cipherSuites, unsafe SSL_CTX_set_ciphersuites(pointer, suites) != 1 {
      throw .badConfiguration("a cipher suite is not known in \(suites)")
    }
    // A list may set `@SECLEVEL`, which would lower the level that this module promises.
    unsafe SSL_CTX_set_security_level(pointer, 2)
    switch configuration.side {
    case .client:
      let mode = SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL
      unsafe co_ctx_set_session_cache_mode(pointer, Int(mode))
      unsafe SSL_CTX_sess_set_new_cb(pointer, SSLCallbacks.keepSession)
      // A server may ask when it has seen the request (RFC 8446 4.6.2). Who has nothing to show says nothing of it.
      if configuration.chain != nil {
        unsafe SSL_CTX_set_post_handshake_auth(pointer, 1)
      } else {
        unsafe SSL_CTX_set_client_cert_cb(pointer, SSLCallbacks.noteRequest)
      }
      if configuration.stapling != .off, configuration.verification != .none {
        unsafe co_ctx_ask_for_status(pointer, SSLCallbacks.checkStatus)
      }
    case .server:
      let mode = configuration.hasVerifier ? SSL_SESS_CACHE_OFF : SSL_SESS_CACHE_SERVER
      unsafe co_ctx_set_session_cache_mode(pointer, Int(mode))
      if configuration.hasVerifier { unsafe co_ctx_set_no_tickets(pointer) }
      if configuration.staple != nil { unsafe co_ctx_give_status(pointer, SSLCallbacks.giveStatus) }
      let name: StaticString = "westwind"
      // Sound: a constant, as long as it says.
      unsafe SSL_CTX_set_session_id_context(pointer, name.utf8Start, UInt32(name.utf8CodeUnitCount))
      unsafe SSL_CTX_set_alpn_select_cb(pointer, SSLCallbacks.chooseProtocol, nil)
    }
  }

  private func setCertificate(_ privateKey: TLSSecret?) throws(TLSFailure<Never>) {
    guard let chain = configuration.chain, let privateKey else { return }
    try unsafe PEM.withCertificates(chain, "the certificate's chain") { list throws(TLSFailure<Never>) in
      guard unsafe SSL_CTX_use_certificate(pointer, list[0]) == 1 else { throw certificateTrouble() }
      for i in unsafe list.indices.dropFirst() {
        guard unsafe co_ctx_add_chain_certificate(pointer, list[i]) == 1 else { throw certificateTrouble() }
      }
    }
    try unsafe PEM.withPrivateKey(privateKey) { privateKey throws(TLSFailure<Never>) in
      guard unsafe SSL_CTX_use_PrivateKey(pointer, privateKey) == 1, unsafe SSL_CTX_check_private_key(pointer) == 1
      else { throw .badConfiguration("the private key is not the certificate's: \(ErrorQueue.takeText())") }
    }
  }

  private func certificateTrouble() -> TLSFailure<Never> {
    .badConfiguration("this side's certificate cannot be used: \(ErrorQueue.takeText())")
  }

  private func setVerification(_ trustStore: TLSTrustStore?) throws(TLSFailure<Never>) {
    let verification = configuration.verification
    // A pin or a verifier is something to verify, whatever is made of the chain.
    let judges = verification != .none || judgesAlone
    var mode = judges ? SSL_VERIFY_PEER : SSL_VERIFY_NONE
    if verification == .required || judgesAlone { mode |= SSL_VERIFY_FAIL_IF_NO_PEER_CERT }
    unsafe SSL_CTX_set_verify(pointer, mode, judges ? SSLCallbacks.verify : nil)
    guard judges else { return }
    unsafe SSL_CTX_set_cert_verify_callback(pointer, SSLCallbacks.verifyChain, nil)
    guard verification != .none else { return }
    // The context's own flags: those of a store are its other contexts', too. RFC 5280 6.1.1 (d): an anchor need not be
    // self-signed.
    var flags = X509_V_FLAG_PARTIAL_CHAIN
    if !configuration.revocationLists.isEmpty { flags |= X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL }
    unsafe X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(pointer), UInt(flags))
    try setTrustAnchors(trustStore)
    try setRevocationLists()
  }

  /// A client verifies no chain, but a pin, or has a verifier.
  private var judgesAlone: Bool {
    configuration.verification == .none && configuration.side == .client
      && (!configuration.pins.isEmpty || configuration.hasVerifier)
  }

  private func setTrustAnchors(_ trustStore: TLSTrustStore?) throws(TLSFailure<Never>) {
    guard let roots = configuration.trustRoots else {
      guard let trustStore else { throw .badConfiguration("there are no trust roots") }
      unsafe SSL_CTX_set1_cert_store(pointer, trustStore.pointer)
      return
    }
    guard let store = unsafe X509_STORE_new() else { throw .badConfiguration(ErrorQueue.takeText()) }
    unsafe SSL_CTX_set_cert_store(pointer, store)  // which owns it from here on
    try unsafe PEM.withCertificates(roots, "the trust roots") { list throws(TLSFailure<Never>) in
      unsafe list.forEach { unsafe X509_STORE_add_cert(store, $0) }
      // A server tells its clients whose certificates it takes (RFC 8446 4.2.4).
      if configuration.side == .server { unsafe list.forEach { unsafe SSL_CTX_add_client_CA(pointer, $0) } }
    }
  }

  private func setRevocationLists() throws(TLSFailure<Never>) {
    guard !configuration.revocationLists.isEmpty else { return }
    guard let lists = unsafe lists else { throw .badConfiguration(ErrorQueue.takeText()) }
    for list in configuration.revocationLists {
      var isWhole = true
      try unsafe PEM.withRevocationLists(list) { if unsafe !co_lists_add(lists, $0) { isWhole = false } }
      guard isWhole else { throw .badConfiguration("there is no memory for a revocation list") }
    }
  }
}

extension TLSContext.Configuration {
  /// The same without the private key.
  fileprivate var withoutKey: TLSContext.Configuration {
    var configuration = self
    configuration.privateKey = nil
    return configuration
  }

  /// What tells a configuration from others, without the bytes of its private key: for who keeps contexts or sessions.
  package var identity: Identity { Identity(configuration: withoutKey, privateKey: privateKey?.fingerprint) }

  package struct Identity: Hashable, Sendable {
    fileprivate let configuration: TLSContext.Configuration
    package let privateKey: TLSSecret.Fingerprint?
  }
}

/// Trust roots that its owner has loaded into an `X509_STORE`, such as the system's. Contexts may share one.
@safe public final class TLSTrustStore: @unchecked Sendable {
  // Sound to send: OpenSSL locks what changes in it, and counts its uses atomically.
  let pointer: OpaquePointer
  /// It trusts nobody: no peer's certificate will be good, and failures say so (`noTrustedRoots`).
  public let isEmpty: Bool

  /// Takes over an `X509_STORE`, and frees it at its end.
  ///
  /// - Parameters:
  ///   - pointer: the store.
  ///   - isEmpty: no certificate is in it, nor in the folders in which it looks.
  @unsafe public init(owning pointer: OpaquePointer, isEmpty: Bool = false) {
    unsafe self.pointer = pointer
    self.isEmpty = isEmpty
  }

  deinit {
    unsafe X509_STORE_free(pointer)
  }
}

/// An `SSL_SESSION`: a client that has one of an earlier connection to the same server resumes it (RFC 8446 2.2, RFC 5077).
///
/// Use it only where the server's certificate would be verified in the same way, for the same name: nothing is verified again.
@safe public final class TLSSession: @unchecked Sendable {
  // Sound to send: it does not change once it is complete, and OpenSSL counts its uses atomically.
  let pointer: OpaquePointer

  /// - Parameter pointer: one use of it goes over to this object.
  init(owning pointer: OpaquePointer) {
    unsafe self.pointer = pointer
  }

  deinit {
    unsafe SSL_SESSION_free(pointer)
  }

  /// Whether it is used up by one connection (RFC 8446 C.4).
  public var isForOneUse: Bool { unsafe SSL_SESSION_get_protocol_version(pointer) >= TLS1_3_VERSION }
}
