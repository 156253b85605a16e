public import TLSEngine

/// Where certificates, a key, or revocation lists come from: PEM, or a single one in DER.
public enum TLSSource: Sendable, Hashable {
  /// The bytes themselves. A NUL behind them does no harm.
  case pem([UInt8])
  /// A file, which is read at each use, so that a certificate that was renewed is noticed.
  case file(String)
  /// Bytes that are overwritten when nobody refers to them any more. The bytes of `pem` are an array: who wants them
  /// overwritten has to do so.
  case secret(TLSSecret)
}

extension TLSSource: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// How many bytes, or which file; never the bytes, which may be a private key, so that options can be shown and logged.
  public var description: String {
    switch self {
    case .pem(let bytes): "\(bytes.count) bytes"
    case .file(let path): "the file \(path)"
    case .secret(let secret): secret.description
    }
  }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: []) }
}

/// Whose certificates are believed: trust anchors (RFC 5280 6.1.1 d). They need not be roots. An intermediate authority's
/// certificate is enough for those that it has signed, and a peer's own for that peer.
public enum TLSTrustRoots: Sendable, Hashable {
  /// The system's authorities: on Debian the package `ca-certificates`, or what the environment's `SSL_CERT_FILE` and
  /// `SSL_CERT_DIR` say. They are read once in the life of the process.
  case system
  /// Only these, as bytes of PEM.
  case pem([UInt8])
  /// Only those in this file, which is read at each use.
  case file(String)
}

/// What this side shows the other: its certificate, with the intermediate ones behind it, and the private key.
public struct TLSCertificate: Sendable, Hashable {
  /// The certificate first, then those of its authorities up to, but without, the root.
  public var chain: TLSSource
  /// The key of the first, without a pass phrase.
  public var privateKey: TLSSource

  public init(chain: TLSSource, privateKey: TLSSource) {
    self.chain = chain
    self.privateKey = privateKey
  }
}
