internal import CWestwind
internal import WestwindPlatform
internal import WestwindTLS

extension tls_cert_verify_cb {
  /// The program's callback as the library asks it; nil if there is none.
  ///
  /// As mbed TLS has it, for which Zephyr's option is: it is called for each certificate of the chain, the last one first, and may
  /// change what was found. The peer is accepted if each call returns 0 and nothing is left that is wrong.
  ///
  /// Sound: the program promises that `cb` is a function of the type in the header, and that it and `ctx` stay for as long as
  /// the socket.
  var verifier: TLSVerifier? {
    guard let cb = unsafe cb else { return nil }
    let callback = unsafe unsafeBitCast(cb, to: westwind_cert_verify_t.self)
    nonisolated(unsafe) let context = unsafe ctx
    return { verification in
      // What is wrong with none of the certificates in particular is the peer's own's.
      let isNoted = verification.chain.contains { $0.verifyResult != 0 }
      var left: UInt32 = 0
      for (depth, link) in verification.chain.enumerated().reversed() {
        var flags = UInt32(bitPattern: link.verifyResult)
        if depth == 0, verification.failure != nil, !isNoted { flags |= UInt32(WESTWIND_CERT_OTHER) }
        let status = unsafe withCertificate(link.certificate) { unsafe callback(context, $0, CInt(depth), &flags) }
        guard status == 0 else { return false }
        left |= flags
      }
      return left == 0
    }
  }
}

/// Lends a certificate as the header has it.
private func withCertificate(
  _ certificate: TLSPeerCertificate, _ body: (UnsafePointer<westwind_certificate>) -> CInt
) -> CInt {
  // Sound: all of it is lent for the call only, as the header says.
  unsafe certificate.der.withUnsafeBufferPointer { der in
    unsafe certificate.subject.withCString { subject in
      unsafe certificate.issuer.withCString { issuer in
        var lent = unsafe westwind_certificate(
          der: der.baseAddress, der_len: der.count, subject: subject, issuer: issuer)
        return unsafe body(&lent)
      }
    }
  }
}
