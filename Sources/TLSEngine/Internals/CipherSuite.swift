internal import CWestwindOpenSSL

package enum CipherSuite {
  /// OpenSSL's name of a suite by IANA's number; nil if it has none.
  package static func name(of number: CInt) -> String? {
    guard let context = unsafe SSL_CTX_new(TLS_method()) else { return nil }
    defer { unsafe SSL_CTX_free(context) }
    guard let ssl = unsafe SSL_new(context) else { return nil }
    defer { unsafe SSL_free(ssl) }
    let bytes: [UInt8] = [UInt8(truncatingIfNeeded: number >> 8), UInt8(truncatingIfNeeded: number)]
    // Sound: OpenSSL reads the two bytes of a number; the name is a constant.
    guard let cipher = unsafe SSL_CIPHER_find(ssl, bytes), let name = unsafe SSL_CIPHER_get_name(cipher) else {
      return nil
    }
    return unsafe String(cString: name)
  }
}
