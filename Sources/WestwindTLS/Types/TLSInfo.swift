public import TLSEngine

/// What is known of a TLS connection.
public struct TLSInfo: Sendable, Hashable {
  public var version: TLSVersion?
  /// The cipher suite, by its name in the standard, such as `TLS_AES_256_GCM_SHA384`.
  public var cipherSuite: String?
  /// What ALPN agreed on.
  public var applicationProtocol: String?
  /// Whether an earlier session was resumed.
  public var isResumed: Bool
  /// The subject of the peer's certificate as in RFC 2253, such as `CN=example.org,O=Example`; nil if it gave none.
  public var peerSubject: String?
  /// The peer's own certificate, with its fingerprints; nil if it gave none.
  public var peerCertificate: TLSPeerCertificate?
  /// What the connection failed with, where a socket call could only say an `Errno`; nil while it is sound.
  public var lastError: TLSError?
}
