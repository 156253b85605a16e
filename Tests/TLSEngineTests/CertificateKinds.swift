import TLSEngine
import WestwindTestSupport

/// What a peer shows, whom it is asked for, who is trusted, and what has to come of it.
struct CertificateCase {
  var chain: [MadeCertificate]
  var host: String
  var anchors: [MadeCertificate]
  /// nil: the peer is accepted.
  var failure: Expectation?
  var stapling = OCSPStapling.asked

  /// What is refused, and why. OpenSSL's words are compared by their beginning.
  enum Expectation: CustomStringConvertible {
    case exactly(TLSFailure<Never>)
    case refused(String)

    func covers(_ failure: TLSFailure<Never>) -> Bool {
      switch self {
      case .exactly(let wanted): failure == wanted
      case .refused(let start):
        if case .certificateRefused(let why) = failure { why.hasPrefix(start) } else { false }
      }
    }

    var description: String {
      switch self {
      case .exactly(let failure): "\(failure)"
      case .refused(let why): why
      }
    }
  }
}

/// Makes certificates of one kind, with random names, keys and times.
struct CertificateKind: Sendable, CustomStringConvertible {
  let description: String
  let make: @Sendable (inout Names) throws -> CertificateCase

  init(_ description: String, _ make: @escaping @Sendable (inout Names) throws -> CertificateCase) {
    self.description = description
    self.make = make
  }
}

/// What is random about a case.
struct Names {
  var random: SeededGenerator
  let root: MadeCertificate
  let rootKey: MadeCertificate.KeyKind
  /// Two labels, such as `qwe.test`.
  let domain: String
  var host: String { "www.\(domain)" }

  init(seed: UInt64) throws {
    random = SeededGenerator(seed: seed)
    domain = Self.label(&random) + "." + Self.label(&random)
    var contents = MadeCertificate.Contents.authority("root \(Self.label(&random))")
    rootKey = MadeCertificate.KeyKind.good.randomElement(using: &random)!
    contents.key = rootKey
    root = try MadeCertificate(contents)
  }

  private static func label(_ random: inout SeededGenerator) -> String {
    String(
      (0..<Int.random(in: 3...12, using: &random)).map { _ in
        "abcdefghijklmnopqrstuvwxyz".randomElement(using: &random)!
      })
  }

  mutating func label() -> String { Self.label(&random) }
  mutating func goodKey() -> MadeCertificate.KeyKind { MadeCertificate.KeyKind.good.randomElement(using: &random)! }
  /// Seconds, from a minute to years.
  mutating func time() -> Int { Int.random(in: 60...100_000_000, using: &random) }

  /// A leaf below the root, with what a change makes of it.
  mutating func leaf(
    _ names: String?, by issuer: MadeCertificate? = nil, _ change: (inout MadeCertificate.Contents) -> Void = { _ in }
  ) throws -> MadeCertificate {
    var contents = MadeCertificate.Contents.leaf(names)
    contents.key = goodKey()
    change(&contents)
    return try MadeCertificate(contents, by: issuer ?? root)
  }

  mutating func intermediate(
    by issuer: MadeCertificate? = nil, _ change: (inout MadeCertificate.Contents) -> Void = { _ in }
  ) throws -> MadeCertificate {
    var contents = MadeCertificate.Contents.authority("intermediate \(label())")
    contents.key = goodKey()
    change(&contents)
    return try MadeCertificate(contents, by: issuer ?? root)
  }

  /// A server that shows a leaf of these names.
  mutating func server(
    _ names: String?, host: String? = nil, _ failure: CertificateCase.Expectation? = nil,
    _ change: (inout MadeCertificate.Contents) -> Void = { _ in }
  ) throws -> CertificateCase {
    CertificateCase(
      chain: [try leaf(names, change)], host: host ?? self.host, anchors: [root], failure: failure)
  }

  /// A good leaf below an intermediate that a change has made bad, or not.
  mutating func below(
    _ failure: CertificateCase.Expectation? = nil, _ change: (inout MadeCertificate.Contents) -> Void = { _ in }
  ) throws -> CertificateCase {
    let middle = try intermediate(change)
    return CertificateCase(
      chain: [try leaf("DNS:\(host)", by: middle), middle], host: host, anchors: [root], failure: failure)
  }

  func mismatch(_ host: String? = nil) -> CertificateCase.Expectation {
    .exactly(.hostNameMismatch(expected: host ?? self.host))
  }
}

extension MadeCertificate.Contents {
  /// Sets an extension, or adds it.
  mutating func set(_ name: String, _ value: String) {
    extensions.removeAll { $0.name == name }
    extensions.append((name, value))
  }
}
