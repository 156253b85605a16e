public import SystemPackage
public import TLSEngine

/// Why a TLS call failed. `description` says it in words, `errno` as a socket call gives it.
///
/// After any of these but `timedOut` from a call that can be repeated, the connection is of no more use: close the
/// descriptor and the socket below.
public typealias TLSError = TLSFailure<Errno>

extension TLSError {
  /// What a socket call fails with for this: `ECONNABORTED` if the peer's certificate is refused (as in Zephyr), `EPROTO` if
  /// the two sides do not understand each other, `ECONNRESET` for a truncated stream.
  public var errno: Errno {
    switch self {
    case .certificateExpired, .certificateNotYetValid, .hostNameMismatch, .addressMismatch, .unknownAuthority,
      .selfSigned, .missingIntermediate, .weakSignature, .keyTooSmall, .certificateRevoked, .noRevocationList,
      .revocationListExpired, .notPinned, .refusedByVerifier, .noRevocationProof, .noTrustedRoots, .noCertificate,
      .certificateRefused:
      .connectionAbort
    case .protocolVersion, .noCommonCipher, .noApplicationProtocol, .alert, .protocolError: .protocolError
    case .truncated: .connectionReset
    case .timedOut: .timedOut
    case .badConfiguration: .invalidArgument
    case .notSupported: .notSupported
    case .system(let error): error
    }
  }
}
