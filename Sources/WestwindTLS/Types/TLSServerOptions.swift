public import TLSEngine

/// How a server does TLS.
public struct TLSServerOptions: Sendable {
  /// Whether a client has to say who it is.
  public enum ClientVerification: Sendable, Hashable {
    /// It is not asked.
    case none
    /// It is asked; a certificate that it gives has to be good.
    case optional
    /// It has to give a good certificate.
    case required
  }

  /// What the server shows.
  public var certificate: TLSCertificate
  public var clientVerification: ClientVerification = .none
  /// Whose client certificates are believed.
  public var trustRoots: TLSTrustRoots = .system
  /// What a client's certificate, or its public key, has to be, besides good: one of these. None, the default: it may be any.
  public var pins: [TLSPin] = []
  /// Has the last word on the certificate of a client that has one. nil, the default: what the library finds counts. No
  /// session is resumed while there is a verifier.
  public var verifier: TLSVerifier?
  /// A response of OCSP (RFC 6960) in DER, to be stapled to the certificate for a client that asks. It comes from the certificate's
  /// authority, by `openssl ocsp -respout` say, and has to be renewed before it ends. nil, the default: there is none.
  public var staple: TLSSource?
  /// As in `TLSOptions`.
  public var revocationLists: [TLSSource] = []
  public var minimumVersion: TLSVersion = .tls1_2
  public var maximumVersion: TLSVersion = .tls1_3
  /// ALPN (RFC 7301), the preferred one first: the first that the client offers too is taken. A client that offers
  /// none of them is refused; one that does not use ALPN is not.
  public var applicationProtocols: [String] = []
  /// As in `TLSOptions`.
  public var cipherList: String?
  /// As in `TLSOptions`.
  public var cipherSuites: String?

  public init(certificate: TLSCertificate) {
    self.certificate = certificate
  }
}
