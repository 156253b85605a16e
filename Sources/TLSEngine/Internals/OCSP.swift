internal import CWestwindOpenSSL

/// The proof that a certificate is not revoked which a server staples to it (RFC 6066 8, RFC 6960).
///
/// Sound throughout: what OpenSSL gives is freed once, and what it lends is used while the `SSL` is in its callback.
enum OCSP {
  /// What was found.
  private enum Finding {
    case good
    case revoked
    /// There is none, or why it proves nothing.
    case nothing(String)
  }

  /// - Returns: why the peer is to be refused; nil if it is not.
  static func failure(of ssl: OpaquePointer, _ stapling: OCSPStapling) -> TLSFailure<Never>? {
    guard stapling != .off, let peer = unsafe SSL_get0_peer_certificate(ssl) else { return nil }
    ErrorQueue.clear()
    defer { ErrorQueue.clear() }
    switch unsafe finding(ssl, peer) {
    case .good: return nil
    case .revoked: return .certificateRevoked
    case .nothing(let why):
      return unsafe stapling == .required || co_must_staple(peer) ? .noRevocationProof(why) : nil
    }
  }

  private static func finding(_ ssl: OpaquePointer, _ peer: OpaquePointer) -> Finding {
    var start: UnsafePointer<UInt8>?
    let count = unsafe co_status_response(ssl, &start)
    guard count > 0, unsafe start != nil else { return .nothing("the server sent none") }
    guard let response = unsafe d2i_OCSP_RESPONSE(nil, &start, count) else { return .nothing("it cannot be read") }
    defer { unsafe OCSP_RESPONSE_free(response) }
    let status = unsafe OCSP_response_status(response)
    guard status == OCSP_RESPONSE_STATUS_SUCCESSFUL, let basic = unsafe OCSP_response_get1_basic(response) else {
      return .nothing("the authority gave none: \(unsafe String(cString: OCSP_response_status_str(Int(status))))")
    }
    defer { unsafe OCSP_BASICRESP_free(basic) }
    guard let issuer = unsafe co_peer_issuer(ssl, peer) else {
      return .nothing("the certificate's authority is unknown")
    }
    guard unsafe isSigned(basic, by: issuer) else { return .nothing("it is not signed by the certificate's authority") }
    return unsafe finding(basic, peer, issuer)
  }

  /// Verifies who signed a response: the certificate's authority, or who has it from that authority to sign them (RFC 6960
  /// 4.2.2.2). Nobody else counts, so nobody else is trusted here.
  private static func isSigned(_ basic: OpaquePointer, by issuer: OpaquePointer) -> Bool {
    guard let store = unsafe X509_STORE_new() else { return false }
    defer { unsafe X509_STORE_free(store) }
    unsafe X509_STORE_add_cert(store, issuer)
    unsafe X509_STORE_set_flags(store, UInt(X509_V_FLAG_PARTIAL_CHAIN))
    return unsafe co_verify_response(basic, issuer, store) == 1
  }

  /// Finds what a response says of the certificate, now.
  private static func finding(_ basic: OpaquePointer, _ peer: OpaquePointer, _ issuer: OpaquePointer) -> Finding {
    var found = Finding.nothing("it is about another certificate")
    for index in unsafe 0..<OCSP_resp_count(basic) {
      guard let one = unsafe OCSP_resp_get0(basic, index), unsafe co_is_about(one, peer, issuer) else { continue }
      var thisUpdate: UnsafeMutablePointer<ASN1_GENERALIZEDTIME>?
      var nextUpdate: UnsafeMutablePointer<ASN1_GENERALIZEDTIME>?
      let status = unsafe OCSP_single_get0_status(one, nil, nil, &thisUpdate, &nextUpdate)
      // Clocks differ: five minutes are let pass. One that does not say until when it is good is good for a week.
      let longest = unsafe nextUpdate == nil ? 7 * 24 * 60 * 60 : -1
      guard unsafe OCSP_check_validity(thisUpdate, nextUpdate, 300, longest) == 1 else {
        if case .good = found { continue }
        found = .nothing("it is too old, or not valid yet")
        continue
      }
      switch status {
      case V_OCSP_CERTSTATUS_GOOD: found = .good
      case V_OCSP_CERTSTATUS_REVOKED: return .revoked
      default: found = .nothing("the authority does not know the certificate")
      }
    }
    return found
  }
}
