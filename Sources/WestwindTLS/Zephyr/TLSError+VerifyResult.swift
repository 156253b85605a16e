extension TLSError {
  /// As `TLSSocketOption.certificateVerifyResult` tells it.
  var zephyrVerifyResult: CInt {
    switch self {
    case .certificateExpired: 1
    case .certificateRevoked: 2
    case .hostNameMismatch, .addressMismatch: 4
    case .unknownAuthority, .selfSigned, .missingIntermediate: 8
    case .noCertificate: 64
    case .certificateNotYetValid: 512
    case .weakSignature: 16384
    case .keyTooSmall: 65536
    default: 256
    }
  }
}
