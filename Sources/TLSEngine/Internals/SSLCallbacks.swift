internal import CWestwindOpenSSL

/// What OpenSSL's callbacks have to know of the connection that they are called for. Used within calls of its engine only.
final class SSLCallbacks {
  /// Is given each session that can be resumed.
  let onSession: ((TLSSession) -> Void)?
  /// What a server offers, as on the wire (RFC 7301 3.1).
  let protocols: [UInt8]
  private let context: TLSContext
  private let verifier: TLSVerifier?
  /// Whom the peer has to be, for failures to name.
  private let expected: String
  /// What was wrong with the peer's certificate first.
  private(set) var refusal: TLSFailure<Never>?
  /// All that was wrong with it, as `TLSConnectionEngine.verifyResult` tells it.
  private(set) var verifyResult: CInt = 0
  /// The same for each certificate of the chain, for the verifier.
  private var results: [CInt: CInt] = [:]

  /// The server has asked for a certificate, and there was none to show.
  private(set) var hadNoCertificate = false

  /// Certificates that are not good are noted, and do not end the handshake.
  private var isLenient: Bool { context.configuration.isLenient }

  init(
    _ context: TLSContext, expected: String = "", protocols: [UInt8] = [], verifier: TLSVerifier?,
    onSession: ((TLSSession) -> Void)? = nil
  ) {
    self.context = context
    self.expected = expected
    self.protocols = protocols
    self.verifier = verifier
    self.onSession = onSession
  }

  /// A number that is none of OpenSSL's errors says that the others are those of `verifyResult`.
  private static let listed: CInt = 1 << 24

  /// Notes what is wrong with the peer's certificate, or with one above it.
  ///
  /// - Returns: whether the handshake goes on.
  @discardableResult
  func refuse(_ failure: TLSFailure<Never>, depth: CInt = 0) -> Bool {
    var failure = failure
    if context.trustsNobody, failure.isOfUnknownAuthority { failure = .noTrustedRoots }
    if refusal == nil { refusal = failure }
    verifyResult |= failure.verifyResultBit
    if verifier != nil { results[depth, default: 0] |= failure.verifyResultBit }
    return isLenient
  }

  /// What OpenSSL is to store in the session: all that was found so far. OpenSSL alone would store the last.
  private func stored(_ code: CInt) -> CInt {
    guard isLenient else { return code }
    return verifyResult == 0 ? X509_V_OK : SSLCallbacks.listed | verifyResult
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

  private static func of(store: OpaquePointer?) -> SSLCallbacks? {
    unsafe of(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()).map { OpaquePointer($0) })
  }

  /// A session that can be resumed has come.
  static let keepSession: @convention(c) (OpaquePointer?, OpaquePointer?) -> CInt = { ssl, session in
    guard let session = unsafe session, let onSession = unsafe SSLCallbacks.of(ssl)?.onSession,
      unsafe SSL_SESSION_is_resumable(session) == 1
    else { return 0 }
    onSession(unsafe TLSSession(owning: session))
    return 1  // it is ours now
  }

  /// A server asks for a certificate, and this side has none.
  static let noteRequest:
    @convention(c) (
      OpaquePointer?, UnsafeMutablePointer<OpaquePointer?>?, UnsafeMutablePointer<OpaquePointer?>?
    ) -> CInt = { ssl, _, _ in
      unsafe SSLCallbacks.of(ssl)?.hadNoCertificate = true
      return 0
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
}

// MARK: The peer's certificate

extension SSLCallbacks {
  /// Notes what is wrong with one certificate of the chain. A list of an authority further up that was not given is let pass.
  static let verify: SSL_verify_cb = { isGood, store in
    guard isGood != 1 else { return 1 }
    let code = unsafe X509_STORE_CTX_get_error(store)
    let depth = unsafe X509_STORE_CTX_get_error_depth(store)
    guard let callbacks = unsafe SSLCallbacks.of(store: store) else { return 0 }
    // Who signed a trust anchor that is no root need not be known.
    let hasNoList = code == X509_V_ERR_UNABLE_TO_GET_CRL || code == X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER
    if hasNoList, depth > 0 {
      unsafe X509_STORE_CTX_set_error(store, callbacks.stored(X509_V_OK))
      return 1
    }
    let certificate = unsafe X509_STORE_CTX_get_current_cert(store)
    let issuer = unsafe certificate.flatMap { unsafe text(ofName: X509_get_issuer_name($0)) } ?? "?"
    let goesOn = callbacks.refuse(
      TLSFailure(verifyResult: code, depth: depth, issuer: issuer, expected: callbacks.expected), depth: depth)
    unsafe X509_STORE_CTX_set_error(store, callbacks.stored(code))
    // A verifier is shown all that is wrong.
    return goesOn || callbacks.verifier != nil ? 1 : 0
  }

  /// Verifies the chain, the pins, and asks the verifier, in this order.
  static let verifyChain: @convention(c) (OpaquePointer?, UnsafeMutableRawPointer?) -> CInt = { store, _ in
    guard let store = unsafe store, let callbacks = unsafe SSLCallbacks.of(store: store) else { return 0 }
    return unsafe callbacks.verifyChain(store) ? 1 : 0
  }

  private func verifyChain(_ store: OpaquePointer) -> Bool {
    if context.configuration.verification != .none {
      // Sound: each engine keeps its context, and so the lists, for as long as its `SSL`.
      if let lists = unsafe context.lists { unsafe co_use_lists(store, lists) }
      guard unsafe X509_verify_cert(store) == 1 else {
        // Nothing was noted if OpenSSL could not look at all.
        if refusal == nil {
          let code = unsafe Int(X509_STORE_CTX_get_error(store))
          refuse(.certificateRefused(unsafe String(cString: X509_verify_cert_error_string(code))))
        }
        return false
      }
    }
    var isGood = unsafe verifyPins(store)
    if let verifier {
      isGood = unsafe verifier(verification(store))
      if isGood {
        refusal = nil
        verifyResult = 0
      } else {
        // What was found before is why.
        isGood = refusal == nil ? refuse(.refusedByVerifier) : isLenient
      }
    }
    let code = isGood ? X509_V_OK : X509_V_ERR_CERT_REJECTED
    unsafe X509_STORE_CTX_set_error(store, stored(code))
    return isGood
  }

  private func verifyPins(_ store: OpaquePointer) -> Bool {
    guard !context.configuration.pins.isEmpty else { return true }
    guard let peer = unsafe X509_STORE_CTX_get0_cert(store) else { return refuse(.noCertificate) }
    let certificate = unsafe TLSPeerCertificate(peer)
    if context.configuration.pins.contains(where: { $0.matches(certificate) }) { return true }
    return refuse(
      .notPinned(certificate: certificate.pin.description, publicKey: certificate.publicKeyPin.description))
  }

  /// What the verifier is shown.
  private func verification(_ store: OpaquePointer) -> TLSVerification {
    var chain: [TLSVerification.Link] = []
    for depth in unsafe 0..<co_chain_count(store) {
      guard let certificate = unsafe co_chain_at(store, depth) else { continue }
      chain.append(.init(certificate: unsafe TLSPeerCertificate(certificate), verifyResult: results[depth] ?? 0))
    }
    // No chain was built.
    if chain.isEmpty, let peer = unsafe X509_STORE_CTX_get0_cert(store) {
      chain.append(.init(certificate: unsafe TLSPeerCertificate(peer), verifyResult: results[0] ?? 0))
    }
    return TLSVerification(chain: chain, failure: refusal)
  }

  /// Staples the proof that the server has to its certificate: the client has asked for it.
  static let giveStatus: @convention(c) (OpaquePointer?, UnsafeMutableRawPointer?) -> CInt = { ssl, _ in
    guard let ssl = unsafe ssl, let staple = unsafe SSLCallbacks.of(ssl)?.context.configuration.staple else {
      return SSL_TLSEXT_ERR_NOACK
    }
    // Sound: OpenSSL copies within the bounds.
    let isGiven = unsafe staple.withUnsafeBytes { unsafe co_give_status(ssl, $0.baseAddress, $0.count) }
    return isGiven ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK
  }

  /// Looks at the proof that came with the server's certificate, or did not come.
  static let checkStatus: @convention(c) (OpaquePointer?, UnsafeMutableRawPointer?) -> CInt = { ssl, _ in
    guard let ssl = unsafe ssl, let callbacks = unsafe SSLCallbacks.of(ssl) else { return 0 }
    // No certificate comes, and none is verified, if a session is resumed.
    if unsafe SSL_session_reused(ssl) == 1 { return 1 }
    guard let failure = unsafe OCSP.failure(of: ssl, callbacks.context.configuration.stapling) else { return 1 }
    return callbacks.refuse(failure) ? 1 : 0
  }
}

extension TLSFailure {
  /// The chain ends at nobody who is trusted.
  fileprivate var isOfUnknownAuthority: Bool {
    switch self {
    case .unknownAuthority, .selfSigned, .missingIntermediate: true
    default: false
    }
  }
}
