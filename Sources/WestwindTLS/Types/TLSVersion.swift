internal import CWestwindOpenSSL

/// A version of TLS. Older ones are broken (RFC 8996) and are not there.
public enum TLSVersion: Sendable, Hashable, CaseIterable, Comparable {
  // The versions' own names, with the point that an identifier cannot have.

  // swift-format-ignore: AlwaysUseLowerCamelCase
  /// RFC 5246
  case tls1_2
  // swift-format-ignore: AlwaysUseLowerCamelCase
  /// RFC 8446
  case tls1_3

  var wire: CInt {
    switch self {
    case .tls1_2: TLS1_2_VERSION
    case .tls1_3: TLS1_3_VERSION
    }
  }

  init?(wire: CInt) {
    switch wire {
    case TLS1_2_VERSION: self = .tls1_2
    case TLS1_3_VERSION: self = .tls1_3
    default: return nil
    }
  }
}
