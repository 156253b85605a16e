public import SystemPackage

/// Why a TLS call failed. `description` says it in words, `errno` as a socket call gives it.
///
/// After any of these but `timedOut` from a call that can be repeated, the connection is of no more use: close the
/// descriptor and the socket below. A certificate that was refused is not asked for again: the peer is not who it
/// should be, or the trust roots are not the ones it goes by.
public enum TLSError: Error, Hashable, Sendable {
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
  /// The time was over.
  case timedOut

  // This side.

  /// The options cannot be used: what is wrong with them.
  case badConfiguration(String)
  /// This build has no TLS: the Kconfig symbol that is off.
  case notSupported(symbol: String)
  /// A system call failed.
  case system(Errno)
}
