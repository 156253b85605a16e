internal import CWestwindOpenSSL

extension TLSFailure {
  /// A finding of OpenSSL's verification: one of its `X509_V_ERR` numbers.
  ///
  /// - Parameter depth: 0 for the peer's own certificate, 1 for its authority, ...
  init(verifyResult code: CInt, depth: CInt, issuer: String, expected: String) {
    switch code {
    case X509_V_ERR_CERT_HAS_EXPIRED: self = .certificateExpired
    case X509_V_ERR_CERT_NOT_YET_VALID: self = .certificateNotYetValid
    case X509_V_ERR_HOSTNAME_MISMATCH: self = .hostNameMismatch(expected: expected)
    case X509_V_ERR_IP_ADDRESS_MISMATCH: self = .addressMismatch(expected: expected)
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT: self = .selfSigned
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN: self = .unknownAuthority(issuer: issuer)
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
      X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      self = depth == 0 ? .missingIntermediate(issuer: issuer) : .unknownAuthority(issuer: issuer)
    case X509_V_ERR_CA_MD_TOO_WEAK: self = .weakSignature
    case X509_V_ERR_EE_KEY_TOO_SMALL, X509_V_ERR_CA_KEY_TOO_SMALL: self = .keyTooSmall
    case X509_V_ERR_CERT_REVOKED: self = .certificateRevoked
    case X509_V_ERR_UNABLE_TO_GET_CRL, X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER: self = .noRevocationList(issuer: issuer)
    case X509_V_ERR_CRL_HAS_EXPIRED: self = .revocationListExpired
    default:
      // Sound: a constant of OpenSSL's.
      self = .certificateRefused(unsafe String(cString: X509_verify_cert_error_string(Int(code))))
    }
  }

  /// The failure's bit in `TLSConnectionEngine.verifyResult`, if it is one of the certificate's.
  package var verifyResultBit: CInt {
    switch self {
    case .certificateExpired: 1
    case .certificateRevoked: 2
    case .hostNameMismatch, .addressMismatch: 4
    case .unknownAuthority, .selfSigned, .missingIntermediate, .noTrustedRoots: 8
    case .noCertificate: 64
    case .certificateNotYetValid: 512
    case .weakSignature: 16384
    case .keyTooSmall: 65536
    default: 256
    }
  }
}
