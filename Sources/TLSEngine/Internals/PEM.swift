internal import CWestwindOpenSSL

/// Certificates, keys and revocation lists, as OpenSSL reads them: PEM, or one in DER.
///
/// Sound throughout: the memory BIO reads the array for as long as the array is lent, and each object that OpenSSL gives
/// is freed once.
package enum PEM {
  static func withCertificates<R>(
    _ bytes: [UInt8], _ what: String, _ body: ([OpaquePointer]) throws(TLSFailure<Never>) -> R
  ) throws(TLSFailure<Never>) -> R {
    let (list, damage) = unsafe objects(bytes, pem: { unsafe PEM_read_bio_X509($0, nil, noPassPhrase, nil) }) {
      unsafe d2i_X509_bio($0, nil)
    }
    defer { unsafe list.forEach { unsafe X509_free($0) } }
    if let damage { throw .badConfiguration("a certificate in \(what) cannot be read: \(damage)") }
    guard unsafe !list.isEmpty else { throw .badConfiguration("there is no certificate in \(what)") }
    return try unsafe body(list)
  }

  /// Certificates, PEM or one in DER, as PEM.
  package static func text(ofCertificates bytes: [UInt8], _ what: String) throws(TLSFailure<Never>) -> [UInt8] {
    try unsafe withCertificates(bytes, what) { list throws(TLSFailure<Never>) in
      guard let memory = unsafe BIO_new(BIO_s_mem()) else { throw .badConfiguration(ErrorQueue.takeText()) }
      defer { unsafe BIO_free(memory) }
      unsafe list.forEach { unsafe PEM_write_bio_X509(memory, $0) }
      var start: UnsafeMutablePointer<CChar>?
      let count = unsafe co_bio_memory(memory, &start)
      return unsafe Array(UnsafeRawBufferPointer(start: start, count: count))
    }
  }

  static func withRevocationLists(_ bytes: [UInt8], _ body: (OpaquePointer) -> Void) throws(TLSFailure<Never>) {
    let (list, damage) = unsafe objects(bytes, pem: { unsafe PEM_read_bio_X509_CRL($0, nil, noPassPhrase, nil) }) {
      unsafe d2i_X509_CRL_bio($0, nil)
    }
    defer { unsafe list.forEach { unsafe X509_CRL_free($0) } }
    if let damage { throw .badConfiguration("a revocation list cannot be read: \(damage)") }
    guard unsafe !list.isEmpty else { throw .badConfiguration("there is no revocation list in what was given as one") }
    unsafe list.forEach { unsafe body($0) }
  }

  static func withPrivateKey<R>(
    _ secret: TLSSecret, _ body: (OpaquePointer) throws(TLSFailure<Never>) -> R
  ) throws(TLSFailure<Never>) -> R {
    ErrorQueue.clear()
    defer { ErrorQueue.clear() }
    let key = unsafe secret.withBytes { bytes in
      // Sound: read within its bounds.
      unsafe bytes.withUnsafeBytes { unsafe co_read_private_key($0.baseAddress, $0.count, noPassPhrase) }
    }
    guard let key = unsafe key else {
      throw .badConfiguration("there is no private key, or it has a pass phrase")
    }
    defer { unsafe EVP_PKEY_free(key) }
    return try unsafe body(key)
  }

  /// Returns all objects of a kind: those in PEM, or one in DER if nothing is in PEM. Objects of other kinds are skipped, as
  /// OpenSSL skips them in PEM.
  ///
  /// - Returns: the objects, and what is wrong with an object in PEM that cannot be read. The objects behind it are not
  ///   read. To go on without them would leave out roots, or, worse, revocations.
  private static func objects(
    _ bytes: [UInt8], limit: Int = .max, pem: (OpaquePointer) -> OpaquePointer?,
    der: (OpaquePointer) -> OpaquePointer?
  ) -> (list: [OpaquePointer], damage: String?) {
    ErrorQueue.clear()
    defer { ErrorQueue.clear() }
    var (list, error) = unsafe read(bytes, limit: limit, by: pem)
    // ASN.1's SEQUENCE (X.690 8.9) is text's "0" as well, so PEM comes first.
    if unsafe list.isEmpty, error == nil, bytes.first == 0x30 { unsafe list = read(bytes, limit: 1, by: der).list }
    return unsafe (list, error.map { ErrorQueue.text($0) })
  }

  /// - Returns: the objects, and OpenSSL's error if it stopped before the end.
  private static func read(
    _ bytes: [UInt8], limit: Int, by next: (OpaquePointer) -> OpaquePointer?
  ) -> (list: [OpaquePointer], error: UInt?) {
    unsafe bytes.withUnsafeBytes { bytes in
      var list: [OpaquePointer] = unsafe []
      guard let memory = unsafe BIO_new_mem_buf(bytes.baseAddress, CInt(bytes.count)) else { return unsafe (list, nil) }
      defer { unsafe BIO_free(memory) }
      while unsafe list.count < limit {
        guard let one = unsafe next(memory) else {
          let error = ERR_peek_last_error()
          return unsafe (list, co_is_end_of_pem(error) ? nil : error)
        }
        unsafe list.append(one)
      }
      return unsafe (list, nil)
    }
  }
}

/// A key that has a pass phrase cannot be read; without this, OpenSSL would ask for it on the terminal.
private func noPassPhrase(
  _ buffer: UnsafeMutablePointer<CChar>?, _ size: CInt, _ isWriting: CInt, _ data: UnsafeMutableRawPointer?
) -> CInt { -1 }

/// A name as in RFC 2253: `CN=example.org,O=Example`.
func text(ofName name: OpaquePointer?) -> String? {
  guard let name = unsafe name, let memory = unsafe BIO_new(BIO_s_mem()) else { return nil }
  defer { unsafe BIO_free(memory) }
  guard unsafe co_print_name(memory, name) >= 0 else { return nil }
  var start: UnsafeMutablePointer<CChar>?
  let count = unsafe co_bio_memory(memory, &start)
  guard let start = unsafe start else { return "" }
  // Sound: the BIO's memory, as long as it says, copied before it is freed.
  return unsafe String(decoding: UnsafeRawBufferPointer(start: start, count: count), as: UTF8.self)
}
