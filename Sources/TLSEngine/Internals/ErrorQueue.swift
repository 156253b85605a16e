internal import CWestwindOpenSSL

/// OpenSSL's list of what went wrong, which each thread has one of.
enum ErrorQueue {
  /// To be done before a call, so that what it leaves is its own. It is empty as a rule, and to look costs less than
  /// half of what clearing does.
  static func clear() {
    if ERR_peek_error() != 0 { ERR_clear_error() }
  }

  /// What the call before failed with: the oldest entry, which is nearest to the cause.
  static func take() -> TLSFailure<Never> {
    let code = ERR_get_error()
    ERR_clear_error()
    return code == 0 ? .protocolError("OpenSSL does not say what") : TLSFailure<Never>(code: code)
  }

  /// The same in words.
  static func takeText() -> String {
    let code = ERR_get_error()
    ERR_clear_error()
    return text(code)
  }

  static func text(_ code: UInt) -> String {
    guard let reason = unsafe ERR_reason_error_string(code) else { return "error \(code)" }
    // Sound: a constant of OpenSSL's.
    return unsafe String(cString: reason)
  }
}

extension TLSFailure {
  fileprivate init(code: UInt) {
    let reason = ERR_GET_REASON(code)
    switch reason {
    case SSL_R_UNSUPPORTED_PROTOCOL, SSL_R_WRONG_VERSION_NUMBER, SSL_R_VERSION_TOO_LOW, SSL_R_NO_PROTOCOLS_AVAILABLE,
      SSL_R_WRONG_SSL_VERSION, SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
      // A peer that does not speak TLS at all shows as a wrong version number.
      self = reason == SSL_R_WRONG_VERSION_NUMBER ? .protocolError("the peer does not speak TLS") : .protocolVersion
    case SSL_R_NO_SHARED_CIPHER, SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM, SSL_R_NO_SHARED_SIGNATURE_ALGORITHMS,
      SSL_R_NO_SUITABLE_KEY_SHARE, SSL_R_NO_SUITABLE_GROUPS:
      self = .noCommonCipher
    case SSL_R_NO_APPLICATION_PROTOCOL: self = .noApplicationProtocol
    case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE: self = .noCertificate
    case SSL_R_EE_KEY_TOO_SMALL, SSL_R_CA_KEY_TOO_SMALL, SSL_R_DH_KEY_TOO_SMALL: self = .keyTooSmall
    case SSL_R_CA_MD_TOO_WEAK: self = .weakSignature
    // OpenSSL counts the peer's alerts from 1000.
    case SSL_AD_REASON_OFFSET + 1...SSL_AD_REASON_OFFSET + 255:
      let number = reason - SSL_AD_REASON_OFFSET
      switch number {
      case SSL_AD_NO_APPLICATION_PROTOCOL: self = .noApplicationProtocol
      default:
        // Sound: a constant of OpenSSL's. It has no name there for the newest alerts, only for the error.
        let name = unsafe String(cString: SSL_alert_desc_string_long(number))
        let words = ErrorQueue.text(code).split(separator: " ")
        let isNamed = name != "unknown"
        self = .alert(
          UInt8(number), name: isNamed ? name : words.drop { $0 != "alert" }.dropFirst().joined(separator: " "))
      }
    default: self = .protocolError(ErrorQueue.text(code))
    }
  }
}
