public import SystemPackage

extension TLSError {
  /// What a socket call fails with for this: `ECONNABORTED` where the peer's certificate is refused (as in Zephyr),
  /// `EPROTO` where the two sides do not understand each other, `ECONNRESET` for a truncated stream.
  public var errno: Errno {
    switch self {
    case .certificateExpired, .certificateNotYetValid, .hostNameMismatch, .addressMismatch, .unknownAuthority,
      .selfSigned, .missingIntermediate, .weakSignature, .keyTooSmall, .certificateRevoked, .noRevocationList,
      .revocationListExpired, .noCertificate, .certificateRefused:
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
