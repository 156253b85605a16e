public import TLSEngine

/// How a client does TLS. The defaults are safe: the peer has to prove that it is `hostName`.
public struct TLSOptions: Sendable {
  /// Whom the peer has to be: a DNS name (in ASCII; a dot at its end is ignored), or an IP address without brackets. It
  /// is compared with the certificate's subjectAltName, and a name is also sent to the server (SNI, RFC 6066 3).
  /// It is needed unless `verifiesPeer` or `verifiesHostName` is off.
  public var hostName: String?
  /// Off, anybody is believed, and whoever sits in between can read and change everything. For tests only.
  public var verifiesPeer = true
  /// Off, any certificate of a trusted authority will do, whatever its name.
  public var verifiesHostName = true
  /// Whose certificates are believed.
  public var trustRoots: TLSTrustRoots = .system
  /// What the peer's own certificate, or its public key, has to be: one of these. None, the default: it may be any. A pin counts
  /// besides all that is verified; if `verifiesPeer` is off it is what is verified, and enough to know the peer by.
  public var pins: [TLSPin] = []
  /// Has the last word on the peer's certificate. nil, the default: what the library finds counts. No session is resumed while
  /// there is a verifier, since nothing would be asked of it.
  public var verifier: TLSVerifier?
  /// Whether the server is asked for a proof that its certificate is not revoked. Not used if `verifiesPeer` is off.
  public var stapling: OCSPStapling = .asked
  /// Lists of revoked certificates. Where there are any, there has to be one of the authority of the peer's own
  /// certificate; those further up the chain are looked up where theirs is given.
  public var revocationLists: [TLSSource] = []
  /// What to show a server that asks for a certificate, in the handshake or, in TLS 1.3, later (RFC 8446 4.6.2).
  public var certificate: TLSCertificate?
  public var minimumVersion: TLSVersion = .tls1_2
  public var maximumVersion: TLSVersion = .tls1_3
  /// ALPN (RFC 7301), the preferred one first; `TLSInfo` has the server's choice.
  public var applicationProtocols: [String] = []
  /// Cipher suites of TLS 1.2, in OpenSSL's words; nil for OpenSSL's own choice. See `ciphers(1)`.
  public var cipherList: String?
  /// Cipher suites of TLS 1.3, joined by colons; nil for OpenSSL's own choice.
  public var cipherSuites: String?
  /// Where sessions are kept, so that the next connection to the same server under the same options costs less.
  public var sessions: TLSSessionCache?

  public init() {}

  public init(hostName: String) {
    self.hostName = hostName
  }
}
