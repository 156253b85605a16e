public import SystemPackage

/// Why a credential could not be added, read or deleted.
public enum TLSCredentialError: Error, Hashable, Sendable, CustomStringConvertible {
  /// There is one of this tag and type already; delete it first.
  case exists
  /// There is none of this tag and type.
  case notFound
  /// As many are there as `TLS_MAX_CREDENTIALS_NUMBER` allows.
  case tooMany(limit: Int)
  /// This build has no credentials: the Kconfig symbol that is off.
  case notSupported(symbol: String)

  public var description: String {
    switch self {
    case .exists: "there is a credential of this tag and type already"
    case .notFound: "there is no credential of this tag and type"
    case .tooMany(let limit): "there are \(limit) credentials, as many as TLS_MAX_CREDENTIALS_NUMBER allows"
    case .notSupported(let symbol): "this build is without \(symbol)"
    }
  }

  /// What Zephyr's functions give for it.
  public var errno: Errno {
    switch self {
    case .exists: .fileExists
    case .notFound: .noSuchFileOrDirectory
    case .tooMany: .noMemory
    case .notSupported: .notSupported
    }
  }
}
