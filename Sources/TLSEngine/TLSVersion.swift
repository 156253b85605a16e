/// A version of TLS. Older ones are broken (RFC 8996) and are not there.
public enum TLSVersion: Sendable, Hashable, CaseIterable, Comparable {
  // The versions' own names, with the point that an identifier cannot have.

  // swift-format-ignore: AlwaysUseLowerCamelCase
  /// RFC 5246
  case tls1_2
  // swift-format-ignore: AlwaysUseLowerCamelCase
  /// RFC 8446
  case tls1_3

  /// The version's number on the wire (RFC 8446 4.2.1).
  var wire: CInt {
    switch self {
    case .tls1_2: 0x0303
    case .tls1_3: 0x0304
    }
  }

  init?(wire: CInt) {
    switch wire {
    case Self.tls1_2.wire: self = .tls1_2
    case Self.tls1_3.wire: self = .tls1_3
    default: return nil
    }
  }
}
