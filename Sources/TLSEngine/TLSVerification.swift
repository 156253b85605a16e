/// What a connection asks a program when it has looked at the peer's certificate: whether the peer is accepted.
///
/// It is called once in a handshake, on the thread that shakes hands, and has to return soon, since the peer waits. What it
/// returns counts, whatever was found before: false refuses a good certificate, and true accepts a bad one.
public typealias TLSVerifier = @Sendable (TLSVerification) -> Bool

/// What was found when a peer's certificate was verified, for a `TLSVerifier` to judge.
public struct TLSVerification: Sendable, Hashable {
  /// A certificate of the chain.
  public struct Link: Sendable, Hashable {
    public let certificate: TLSPeerCertificate
    /// A sum of what is wrong with it, with the numbers of `TLSConnectionEngine.verifyResult`; 0 if all is well.
    public let verifyResult: Int32
  }

  /// The peer's own certificate first, then its authority's, and so on, as far as the chain could be built.
  public let chain: [Link]
  /// What is wrong first; nil if all is well, or if the options say that no chain is verified.
  public let failure: TLSFailure<Never>?
}

/// Whether a client asks its server for a proof that its certificate is not revoked: a response of OCSP (RFC 6960) that comes
/// with the handshake (RFC 6066 8), "stapled" to the certificate. No client asks the authority itself. The numbers are those of
/// the socket option `stapling`.
public enum OCSPStapling: Int32, Sendable, Hashable {
  /// It does not ask. A certificate that says that it comes with a proof (RFC 7633, "must staple") is taken without.
  case off = 0
  /// It asks. A certificate that was revoked is refused, and so is one that must come with a proof and comes without a good one.
  /// Any other is taken also without a proof, or with one that cannot be used, such as one that is too old.
  case asked = 1
  /// It asks, and every server has to show a good proof.
  case required = 2
}
