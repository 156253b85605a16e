/// Why TLS failed. `description` says it in words.
///
/// After any of these but `timedOut` from a call that can be repeated, the connection is of no more use. A certificate that
/// was refused is not asked for again: the peer is not who it should be, or the trust roots are not the ones it goes by.
///
/// An engine fails with `TLSFailure<Never>`. A shell, which makes system calls for it, has the same failures and those of its
/// calls: `WestwindTLS`'s `TLSError` is `TLSFailure<Errno>`.
public enum TLSFailure<SystemError: Error & Hashable & Sendable>: Error, Hashable, Sendable {
  // The peer's certificate, RFC 5280.

  /// Its time is over, or that of one of its authorities.
  case certificateExpired
  /// Its time has not come. This machine's clock may be slow.
  case certificateNotYetValid
  /// It is for other names than the one that was asked for. A name in the subject's CN does not count (RFC 9525 1.2).
  case hostNameMismatch(expected: String)
  /// It is not for this IP address.
  case addressMismatch(expected: String)
  /// The chain is whole, but the authority at its end is not a trusted root.
  case unknownAuthority(issuer: String)
  /// The certificate has no authority but itself, and is not a trusted root.
  case selfSigned
  /// The authority that signed the peer's certificate neither came with it nor is a trusted root. Either the peer
  /// leaves out an intermediate certificate, which it has to send, or the authority is unknown.
  case missingIntermediate(issuer: String)
  /// A signature in the chain uses an algorithm that is no longer safe, such as SHA-1.
  case weakSignature
  /// A key in the chain is too short to be safe: RSA below 2048 bits.
  case keyTooSmall
  /// It is in its authority's list of revoked certificates.
  case certificateRevoked
  /// Revocation lists were given, but none of its authority.
  case noRevocationList(issuer: String)
  /// The revocation list's own time is over.
  case revocationListExpired
  /// It is good, but neither it nor its public key is among those that were pinned. The pins that it would fulfil, as
  /// `TLSPin.init(_:)` reads them.
  case notPinned(certificate: String, publicKey: String)
  /// The program's `TLSVerifier` refused it.
  case refusedByVerifier
  /// It has to come with a proof that it is not revoked (`OCSPStapling`), and why what came is none.
  case noRevocationProof(String)
  /// The system's store of trusted authorities is empty: it would refuse every peer. Install `ca-certificates`, set
  /// `SSL_CERT_FILE`, or name a trust anchor.
  case noTrustedRoots
  /// The peer gave no certificate, and has to.
  case noCertificate
  /// Anything else that is wrong with it, in OpenSSL's words.
  case certificateRefused(String)

  // The connection.

  /// The two sides have no version of TLS in common; the peer's may be older than TLS 1.2.
  case protocolVersion
  /// The two sides have no cipher suite, signature algorithm or group in common.
  case noCommonCipher
  /// The two sides have no application protocol in common.
  case noApplicationProtocol
  /// The peer gave up, with an alert (RFC 8446 6.2): its number, and its name.
  case alert(UInt8, name: String)
  /// The peer broke the protocol, or what it sent was changed on the way, in OpenSSL's words. Also where it does not
  /// speak TLS at all.
  case protocolError(String)
  /// The stream below ended without `close_notify`: by a crash, or by somebody who wants to hide what follows
  /// (RFC 8446 6.1). What was received before is whole.
  case truncated
  /// The time was over. The engine knows no time: only a shell over it fails with this.
  case timedOut

  // This side.

  /// The options cannot be used: what is wrong with them.
  case badConfiguration(String)
  /// This build has no TLS: the Kconfig symbol that is off. Only a shell over the engine fails with this.
  case notSupported(symbol: String)
  /// A system call failed. The engine makes none, and its own failures have no such case.
  case system(SystemError)
}

extension TLSFailure {
  /// An engine's failure, as one of a shell's.
  public init(_ failure: TLSFailure<Never>) {
    switch failure {
    case .certificateExpired: self = .certificateExpired
    case .certificateNotYetValid: self = .certificateNotYetValid
    case .hostNameMismatch(let expected): self = .hostNameMismatch(expected: expected)
    case .addressMismatch(let expected): self = .addressMismatch(expected: expected)
    case .unknownAuthority(let issuer): self = .unknownAuthority(issuer: issuer)
    case .selfSigned: self = .selfSigned
    case .missingIntermediate(let issuer): self = .missingIntermediate(issuer: issuer)
    case .weakSignature: self = .weakSignature
    case .keyTooSmall: self = .keyTooSmall
    case .certificateRevoked: self = .certificateRevoked
    case .noRevocationList(let issuer): self = .noRevocationList(issuer: issuer)
    case .revocationListExpired: self = .revocationListExpired
    case .notPinned(let certificate, let publicKey): self = .notPinned(certificate: certificate, publicKey: publicKey)
    case .refusedByVerifier: self = .refusedByVerifier
    case .noRevocationProof(let why): self = .noRevocationProof(why)
    case .noTrustedRoots: self = .noTrustedRoots
    case .noCertificate: self = .noCertificate
    case .certificateRefused(let what): self = .certificateRefused(what)
    case .protocolVersion: self = .protocolVersion
    case .noCommonCipher: self = .noCommonCipher
    case .noApplicationProtocol: self = .noApplicationProtocol
    case .alert(let number, let name): self = .alert(number, name: name)
    case .protocolError(let what): self = .protocolError(what)
    case .truncated: self = .truncated
    case .timedOut: self = .timedOut
    case .badConfiguration(let what): self = .badConfiguration(what)
    case .notSupported(let symbol): self = .notSupported(symbol: symbol)
    }
  }
}

extension TLSFailure: CustomStringConvertible {
  public var description: String {
    switch self {
    case .certificateExpired: "the peer's certificate, or one of its authorities', has expired"
    case .certificateNotYetValid: "the peer's certificate is not valid yet: is this machine's clock right?"
    case .hostNameMismatch(let expected): "the peer's certificate is not for the name \(expected.escaped)"
    case .addressMismatch(let expected): "the peer's certificate is not for the address \(expected.escaped)"
    case .unknownAuthority(let issuer):
      "the peer's certificate comes from an authority that is not trusted: \(issuer.escaped)"
    case .selfSigned: "the peer's certificate is signed by itself, and is not a trusted root"
    case .missingIntermediate(let issuer):
      "the issuer of the peer's certificate, \(issuer.escaped), is not a trusted root, and its own certificate was not sent"
    case .weakSignature: "a signature in the peer's certificate chain uses an algorithm that is too weak"
    case .keyTooSmall: "a key in the peer's certificate chain is too small"
    case .certificateRevoked: "the peer's certificate has been revoked"
    case .noRevocationList(let issuer): "no revocation list was given of the peer's authority, \(issuer.escaped)"
    case .revocationListExpired: "the revocation list of the peer's authority has expired"
    case .notPinned(let certificate, let publicKey):
      "the peer's certificate is none of those that were pinned: it is \(certificate), its key \(publicKey)"
    case .refusedByVerifier: "the peer's certificate was refused by the program's own verifier"
    case .noRevocationProof(let why): "there is no proof that the peer's certificate is not revoked: \(why.escaped)"
    case .noTrustedRoots:
      "this machine has 0 trusted roots: install ca-certificates, set SSL_CERT_FILE, or name the authority's certificate"
    case .noCertificate: "the peer gave no certificate"
    case .certificateRefused(let why): "the peer's certificate is refused: \(why.escaped)"
    case .protocolVersion: "the peer has no version of TLS in common with this side"
    case .noCommonCipher: "the peer has no cipher suite or signature algorithm in common with this side"
    case .noApplicationProtocol: "the peer has no application protocol in common with this side"
    case .alert(let number, let name): "the peer gave up with alert \(number), \(name)"
    case .protocolError(let what): "the TLS protocol was broken: \(what.escaped)"
    case .truncated: "the connection ended without the peer having closed it: what follows may have been cut off"
    case .timedOut: "the time for TLS was over"
    case .badConfiguration(let what): "the TLS options cannot be used: \(what.escaped)"
    case .notSupported(let symbol): "this build is without \(symbol)"
    case .system(let error): "the system failed: \(error)"
    }
  }
}

extension String {
  /// Control characters and line ends made visible: text of the peer's stays in its line.
  fileprivate var escaped: String {
    unicodeScalars.map { scalar in
      switch scalar.properties.generalCategory {
      case .control, .lineSeparator, .paragraphSeparator: scalar.escaped(asASCII: true)
      default: String(scalar)
      }
    }.joined()
  }
}
