internal import CWestwindOpenSSL

extension Engine {
  /// IANA's number of the cipher suite; 0 before there is one.
  var cipherSuiteNumber: CInt {
    guard let cipher = unsafe SSL_get_current_cipher(ssl) else { return 0 }
    return CInt(unsafe SSL_CIPHER_get_protocol_id(cipher))
  }

  var info: TLSInfo {
    var info = TLSInfo(isResumed: unsafe isEstablished && SSL_session_reused(ssl) == 1, lastError: failure)
    guard isEstablished else { return info }
    info.version = TLSVersion(wire: unsafe SSL_version(ssl))
    // Sound: OpenSSL's constants, and strings that live as long as the `SSL`, copied at once.
    if let cipher = unsafe SSL_get_current_cipher(ssl), let name = unsafe SSL_CIPHER_standard_name(cipher) {
      info.cipherSuite = unsafe String(cString: name)
    }
    var start: UnsafePointer<UInt8>?
    var length: UInt32 = 0
    unsafe SSL_get0_alpn_selected(ssl, &start, &length)
    if let start = unsafe start, length > 0 {
      info.applicationProtocol = unsafe String(
        decoding: UnsafeBufferPointer(start: start, count: Int(length)), as: UTF8.self)
    }
    if let certificate = unsafe SSL_get0_peer_certificate(ssl) {
      info.peerSubject = unsafe text(ofName: X509_get_subject_name(certificate))
    }
    return info
  }
}
