import CWestwindOpenSSL
import Glibc
import WestwindTestSupport

/// A certificate with its key, made in memory.
final class MadeCertificate {
  let pointer: OpaquePointer
  let key: OpaquePointer

  /// The kinds of key that are made.
  enum KeyKind: CaseIterable {
    case p256
    case p384
    case ed25519
    case rsa2048
    /// Too small to be believed.
    case rsa1024
    case p192

    static let good: [KeyKind] = [.p256, .p384, .ed25519]
  }

  /// What one certificate says.
  struct Contents {
    var subject: String
    var key = KeyKind.p256
    /// Seconds from now.
    var validity = (-3600, 86400)
    /// By OpenSSL's names of extensions: `basicConstraints`, `subjectAltName` and so on, as its configuration has them.
    var extensions: [(name: String, value: String)] = []
    /// Extensions by their dotted number, and DER.
    var rawExtensions: [(number: String, isCritical: Bool, der: [UInt8])] = []
    var isVersion1 = false
    var usesSHA1 = false

    init(_ subject: String) { self.subject = subject }

    static func authority(_ subject: String) -> Contents {
      var contents = Contents(subject)
      contents.extensions = [
        ("basicConstraints", "critical,CA:TRUE"), ("keyUsage", "critical,keyCertSign,cRLSign"),
        ("subjectKeyIdentifier", "hash"),
      ]
      return contents
    }

    static func leaf(_ names: String?, subject: String = "peer") -> Contents {
      var contents = Contents(subject)
      contents.extensions = [("basicConstraints", "CA:FALSE")]
      if let names { contents.extensions.append(("subjectAltName", names)) }
      return contents
    }
  }

  /// - Parameter issuer: who signs it; nil: itself.
  init(_ contents: Contents, by issuer: MadeCertificate? = nil, key: OpaquePointer? = nil) throws {
    guard let pointer = X509_new() else { throw TestSupportError("X509_new") }
    self.pointer = pointer
    if let key {
      EVP_PKEY_up_ref(key)
      self.key = key
    } else {
      self.key = try Self.makeKey(contents.key)
    }
    X509_set_version(pointer, contents.isVersion1 ? 0 : 2)
    ASN1_INTEGER_set_int64(X509_get_serialNumber(pointer), Int64(Self.nextSerial()))
    X509_gmtime_adj(X509_getm_notBefore(pointer), contents.validity.0)
    X509_gmtime_adj(X509_getm_notAfter(pointer), contents.validity.1)
    X509_NAME_add_entry_by_txt(
      X509_get_subject_name(pointer), "CN", MBSTRING_UTF8, Array(contents.subject.utf8),
      CInt(contents.subject.utf8.count),
      -1, 0)
    X509_set_issuer_name(pointer, X509_get_subject_name(issuer?.pointer ?? pointer))
    X509_set_pubkey(pointer, self.key)
    for (name, value) in contents.extensions { try add(name, value, issuer) }
    for one in contents.rawExtensions { try add(one.number, one.isCritical, one.der) }
    let signer = issuer?.key ?? self.key
    // Ed25519 has its own digest.
    let digest = EVP_PKEY_get_id(signer) == EVP_PKEY_ED25519 ? nil : contents.usesSHA1 ? EVP_sha1() : EVP_sha256()
    guard X509_sign(pointer, signer, digest) > 0 else { throw TestSupportError("X509_sign") }
  }

  deinit {
    X509_free(pointer)
    EVP_PKEY_free(key)
  }

  var der: [UInt8] {
    var start: UnsafeMutablePointer<UInt8>?
    let count = i2d_X509(pointer, &start)
    defer { CRYPTO_free(start, "", 0) }
    return Array(UnsafeBufferPointer(start: start, count: Int(max(0, count))))
  }

  private static func makeKey(_ kind: KeyKind) throws -> OpaquePointer {
    let (algorithm, group, bits): (String, String?, CInt?) =
      switch kind {
      case .p256: ("EC", "P-256", nil)
      case .p384: ("EC", "P-384", nil)
      case .p192: ("EC", "P-192", nil)
      case .ed25519: ("ED25519", nil, nil)
      case .rsa2048: ("RSA", nil, 2048)
      case .rsa1024: ("RSA", nil, 1024)
      }
    let context = EVP_PKEY_CTX_new_from_name(nil, algorithm, nil)
    defer { EVP_PKEY_CTX_free(context) }
    guard EVP_PKEY_keygen_init(context) == 1 else { throw TestSupportError("no keys of the kind \(kind)") }
    if let group { EVP_PKEY_CTX_set_group_name(context, group) }
    if let bits { EVP_PKEY_CTX_set_rsa_keygen_bits(context, bits) }
    var key: OpaquePointer?
    guard EVP_PKEY_generate(context, &key) == 1, let key else { throw TestSupportError("no key of the kind \(kind)") }
    return key
  }

  /// Numbers of this process: no two certificates of one issuer have the same.
  private static func nextSerial() -> UInt64 { UInt64.random(in: 1...(1 << 62)) }

  private func add(_ name: String, _ value: String, _ issuer: MadeCertificate?) throws {
    var context = X509V3_CTX()
    X509V3_set_ctx(&context, issuer?.pointer ?? pointer, pointer, nil, nil, 0)
    guard let made = X509V3_EXT_conf(nil, &context, name, value) else {
      throw TestSupportError("no extension \(name)=\(value)")
    }
    defer { X509_EXTENSION_free(made) }
    X509_add_ext(pointer, made, -1)
  }

  private func add(_ number: String, _ isCritical: Bool, _ der: [UInt8]) throws {
    guard let object = OBJ_txt2obj(number, 1), let octets = ASN1_OCTET_STRING_new() else {
      throw TestSupportError("no extension \(number)")
    }
    defer {
      ASN1_OBJECT_free(object)
      ASN1_OCTET_STRING_free(octets)
    }
    ASN1_OCTET_STRING_set(octets, der, CInt(der.count))
    guard let made = X509_EXTENSION_create_by_OBJ(nil, object, isCritical ? 1 : 0, octets) else {
      throw TestSupportError("no extension \(number)")
    }
    defer { X509_EXTENSION_free(made) }
    X509_add_ext(pointer, made, -1)
  }
}

/// OpenSSL itself as the other end, which shows whatever certificate it is given: an engine of ours would refuse to.
final class BarePeer {
  private let context: OpaquePointer
  private let ssl: OpaquePointer
  private let input: OpaquePointer
  private let output: OpaquePointer
  private var staple: [UInt8] = []

  /// - Parameters:
  ///   - chain: what it shows, its own certificate first; none: it has none to show.
  ///   - isServer: which end it is. A client verifies nothing.
  init(showing chain: [MadeCertificate], isServer: Bool) throws {
    guard let context = SSL_CTX_new(isServer ? TLS_server_method() : TLS_client_method()) else {
      throw TestSupportError("SSL_CTX_new")
    }
    self.context = context
    SSL_CTX_set_security_level(context, 0)
    SSL_CTX_set_cipher_list(context, "ALL:@SECLEVEL=0")
    if let own = chain.first {
      guard SSL_CTX_use_certificate(context, own.pointer) == 1, SSL_CTX_use_PrivateKey(context, own.key) == 1 else {
        throw TestSupportError("the certificate cannot be shown")
      }
      for one in chain.dropFirst() { co_ctx_add_chain_certificate(context, one.pointer) }
    }
    guard let ssl = SSL_new(context), let input = BIO_new(BIO_s_mem()), let output = BIO_new(BIO_s_mem()) else {
      throw TestSupportError("SSL_new")
    }
    self.ssl = ssl
    self.input = input
    self.output = output
    SSL_set_bio(ssl, input, output)
    if isServer { SSL_set_accept_state(ssl) } else { SSL_set_connect_state(ssl) }
  }

  deinit {
    SSL_free(ssl)
    SSL_CTX_free(context)
  }

  /// Has a client that asks be shown a response of OCSP.
  func staple(_ response: [UInt8]) {
    staple = response
    let callback: @convention(c) (OpaquePointer?, UnsafeMutableRawPointer?) -> CInt = { ssl, own in
      let staple = Unmanaged<BarePeer>.fromOpaque(own!).takeUnretainedValue().staple
      // OpenSSL frees it.
      let memory = CRYPTO_malloc(staple.count, "", 0)!
      memory.copyMemory(from: staple, byteCount: staple.count)
      SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_STATUS_REQ_OCSP_RESP, staple.count, memory)
      return SSL_TLSEXT_ERR_OK
    }
    SSL_CTX_callback_ctrl(
      context, SSL_CTRL_SET_TLSEXT_STATUS_REQ_CB, unsafeBitCast(callback, to: (@convention(c) () -> Void).self))
    SSL_CTX_ctrl(context, SSL_CTRL_SET_TLSEXT_STATUS_REQ_CB_ARG, 0, Unmanaged.passUnretained(self).toOpaque())
  }

  /// Takes ciphertext, goes on with the handshake, and returns what it has to say.
  func advance(_ ciphertext: [UInt8]) -> [UInt8] {
    if !ciphertext.isEmpty { BIO_write(input, ciphertext, CInt(ciphertext.count)) }
    ERR_clear_error()
    SSL_do_handshake(ssl)
    ERR_clear_error()
    var bytes = [UInt8](repeating: 0, count: 65536)
    let count = BIO_read(output, &bytes, CInt(bytes.count))
    return Array(bytes.prefix(Int(max(0, count))))
  }
}
