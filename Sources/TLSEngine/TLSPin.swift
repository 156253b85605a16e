internal import CWestwindOpenSSL

/// What a peer's certificate is recognized by, whoever signed it: its own SHA-256, or that of its public key.
///
/// A public key outlives the certificate: a certificate that is renewed with the same key is still recognized. In text:
///
///     sha256//<44 characters of base64>   a public key (the SubjectPublicKeyInfo), as in curl's --pinnedpubkey (RFC 7469 2.4)
///     cert:<64 hexadecimal digits>        a certificate, as `openssl x509 -noout -fingerprint -sha256` prints it, with colons
///                                         or without
public struct TLSPin: Hashable, Sendable {
  fileprivate enum Kind: Hashable, Sendable {
    case certificate
    case publicKey
  }

  fileprivate let kind: Kind
  fileprivate let digest: [UInt8]

  /// A pin on a certificate.
  ///
  /// - Parameter sha256: the 32 bytes of the digest of its DER.
  /// - Returns: nil if there are not 32.
  public static func certificate(sha256: [UInt8]) -> TLSPin? { TLSPin(.certificate, sha256) }

  /// A pin on a public key.
  ///
  /// - Parameter sha256: the 32 bytes of the digest of the DER of its SubjectPublicKeyInfo (RFC 5280 4.1).
  /// - Returns: nil if there are not 32.
  public static func publicKey(sha256: [UInt8]) -> TLSPin? { TLSPin(.publicKey, sha256) }

  /// Reads a pin in one of the forms above.
  ///
  /// - Returns: nil if it has none of them.
  public init?(_ text: String) {
    if text.hasPrefix(Self.keyPrefix) {
      guard let digest = Base64.decode(text.dropFirst(Self.keyPrefix.count).utf8) else { return nil }
      self.init(.publicKey, digest)
    } else if text.hasPrefix(Self.certificatePrefix) {
      let digits = text.dropFirst(Self.certificatePrefix.count).utf8.filter { $0 != UInt8(ascii: ":") }
      guard digits.count == 64 else { return nil }
      var digest: [UInt8] = []
      for place in stride(from: 0, to: 64, by: 2) {
        guard let high = hexValue(digits[place]), let low = hexValue(digits[place + 1]) else { return nil }
        digest.append(high << 4 | low)
      }
      self.init(.certificate, digest)
    } else {
      return nil
    }
  }

  private static let keyPrefix = "sha256//"
  private static let certificatePrefix = "cert:"

  private init?(_ kind: Kind, _ digest: [UInt8]) {
    guard digest.count == 32 else { return nil }
    self.kind = kind
    self.digest = digest
  }

  /// Returns whether a certificate is the one that is meant.
  func matches(_ certificate: TLSPeerCertificate) -> Bool {
    switch kind {
    case .certificate: digest == certificate.fingerprint
    case .publicKey: digest == certificate.publicKeyFingerprint
    }
  }
}

extension TLSPin: CustomStringConvertible {
  /// The pin as `init(_:)` reads it.
  public var description: String {
    switch kind {
    case .certificate: Self.certificatePrefix + hexadecimal(digest)
    case .publicKey: Self.keyPrefix + Base64.encode(digest)
    }
  }
}

/// A certificate of the peer's.
public struct TLSPeerCertificate: Hashable, Sendable {
  /// The certificate in DER.
  public let der: [UInt8]
  /// As in RFC 2253, such as `CN=example.org,O=Example`. Control characters are escaped.
  public let subject: String
  /// Who signed it, in the same form.
  public let issuer: String
  /// The SHA-256 of `der`: 32 bytes.
  public let fingerprint: [UInt8]
  /// The SHA-256 of its public key (SubjectPublicKeyInfo): 32 bytes.
  public let publicKeyFingerprint: [UInt8]

  /// The pin that a connection with this certificate fulfils, and no other does.
  public var pin: TLSPin { .certificate(sha256: fingerprint)! }
  /// The pin that a connection with this certificate's public key fulfils, and no other does.
  public var publicKeyPin: TLSPin { .publicKey(sha256: publicKeyFingerprint)! }
}

extension TLSPeerCertificate {
  /// - Parameter certificate: an `X509`, which is read.
  init(_ certificate: OpaquePointer) {
    var key: UnsafeMutablePointer<UInt8>?
    // Sound: OpenSSL makes the bytes, says how many, and they are freed here.
    let count = unsafe i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &key)
    defer { unsafe CRYPTO_free(key, "", 0) }
    unsafe publicKeyFingerprint = Digest.sha256(UnsafeRawBufferPointer(start: key, count: Int(max(0, count))))
    var start: UnsafeMutablePointer<UInt8>?
    let length = unsafe i2d_X509(certificate, &start)
    defer { unsafe CRYPTO_free(start, "", 0) }
    // Sound: as above; copied before they are freed.
    let bytes = unsafe UnsafeRawBufferPointer(start: start, count: Int(max(0, length)))
    unsafe der = Array(bytes)
    unsafe fingerprint = Digest.sha256(bytes)
    subject = unsafe text(ofName: X509_get_subject_name(certificate)) ?? ""
    issuer = unsafe text(ofName: X509_get_issuer_name(certificate)) ?? ""
  }
}

private func hexValue(_ digit: UInt8) -> UInt8? {
  switch digit {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
  case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
  case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
  default: nil
  }
}

private func hexadecimal(_ bytes: [UInt8]) -> String {
  let digits = Array("0123456789ABCDEF".utf8)
  return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
}

/// RFC 4648 4, with padding, for 32 bytes.
private enum Base64 {
  static func encode(_ bytes: [UInt8]) -> String {
    var text = [UInt8](repeating: 0, count: (bytes.count + 2) / 3 * 4 + 1)
    // Sound: there is room for the characters and for the NUL that OpenSSL appends.
    let count = unsafe EVP_EncodeBlock(&text, bytes, CInt(bytes.count))
    return String(decoding: text.prefix(Int(count)), as: UTF8.self)
  }

  /// - Returns: 32 bytes; nil if the text is not their one form.
  static func decode(_ text: Substring.UTF8View) -> [UInt8]? {
    let text = Array(text)
    guard text.count == 44, text[43] == UInt8(ascii: "="), !text[..<43].contains(UInt8(ascii: "=")) else { return nil }
    var bytes = [UInt8](repeating: 0, count: 33)
    // Sound: 44 characters are 33 bytes, the last of which is padding here.
    guard unsafe EVP_DecodeBlock(&bytes, text, 44) == 33 else { return nil }
    bytes.removeLast()
    return encode(bytes) == String(decoding: text, as: UTF8.self) ? bytes : nil
  }
}
