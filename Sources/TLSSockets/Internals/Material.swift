internal import COpenSSL
internal import SocketLayer
internal import SystemPackage

extension TLSSource {
  /// The bytes, read from the file where it is one.
  func bytes() throws(TLSError) -> [UInt8] {
    switch self {
    case .pem(let bytes): return bytes
    case .file(let path):
      do {
        return try readFile(path)
      } catch {
        throw .badConfiguration("cannot read \(path): \((error as? Errno)?.description ?? "\(error)")")
      }
    }
  }
}

private func readFile(_ path: String) throws -> [UInt8] {
  let file = try FileDescriptor.open(FilePath(path), .readOnly, options: .closeOnExec)
  return try file.closeAfter {
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 16384)
    while true {
      // Sound: the array's own memory.
      let count = try unsafe piece.withUnsafeMutableBytes { try unsafe file.read(into: $0) }
      guard count > 0 else { return bytes }
      bytes += piece[..<count]
    }
  }
}

/// Certificates, keys and revocation lists, as OpenSSL reads them.
///
/// Sound throughout: the memory BIO reads the array for as long as the array is lent, and each object that OpenSSL gives
/// is freed once.
enum Material {
  static func withCertificates<R>(
    _ bytes: [UInt8], _ what: String, _ body: ([OpaquePointer]) throws(TLSError) -> R
  ) throws(TLSError) -> R {
    let list = unsafe objects(bytes, pem: { unsafe PEM_read_bio_X509($0, nil, noPassPhrase, nil) }) {
      unsafe d2i_X509_bio($0, nil)
    }
    defer { unsafe list.forEach { unsafe X509_free($0) } }
    guard unsafe !list.isEmpty else { throw .badConfiguration("there is no certificate in \(what)") }
    return try unsafe body(list)
  }

  static func withRevocationLists(_ bytes: [UInt8], _ body: (OpaquePointer) -> Void) throws(TLSError) {
    let list = unsafe objects(bytes, pem: { unsafe PEM_read_bio_X509_CRL($0, nil, noPassPhrase, nil) }) {
      unsafe d2i_X509_CRL_bio($0, nil)
    }
    guard unsafe !list.isEmpty else { throw .badConfiguration("there is no revocation list in what was given as one") }
    unsafe list.forEach {
      unsafe body($0)
      unsafe X509_CRL_free($0)
    }
  }

  static func withPrivateKey<R>(
    _ bytes: [UInt8], _ body: (OpaquePointer) throws(TLSError) -> R
  ) throws(TLSError) -> R {
    let list = unsafe objects(
      bytes, limit: 1, pem: { unsafe PEM_read_bio_PrivateKey($0, nil, noPassPhrase, nil) }
    ) { unsafe d2i_PrivateKey_bio($0, nil) }
    defer { unsafe list.forEach { unsafe EVP_PKEY_free($0) } }
    guard let key = unsafe list.first else {
      throw .badConfiguration("there is no private key, or it has a pass phrase")
    }
    return try unsafe body(key)
  }

  /// All objects of a kind. What is of another kind is passed over, as OpenSSL does it for PEM.
  private static func objects(
    _ bytes: [UInt8], limit: Int = .max, pem: (OpaquePointer) -> OpaquePointer?,
    der: (OpaquePointer) -> OpaquePointer?
  ) -> [OpaquePointer] {
    ErrorQueue.clear()
    defer { ErrorQueue.clear() }  // the end of PEM leaves "no start line"
    // ASN.1's SEQUENCE, which no text begins with (X.690 8.9).
    let isDER = bytes.first == 0x30
    return unsafe bytes.withUnsafeBytes { bytes -> [OpaquePointer] in
      var list: [OpaquePointer] = unsafe []
      guard let memory = unsafe BIO_new_mem_buf(bytes.baseAddress, CInt(bytes.count)) else { return unsafe list }
      defer { unsafe BIO_free(memory) }
      while unsafe list.count < limit, let one = unsafe isDER ? der(memory) : pem(memory) {
        unsafe list.append(one)
        if isDER { break }
      }
      return unsafe list
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
