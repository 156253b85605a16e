import CWestwindOpenSSL
import Testing
import WestwindTestSupport

@testable import TLSEngine

/// Certificates of every kind, made at random from committed seeds, and what has to come of each.
struct CertificateTests {
  private static let seeds: [UInt64] = [1, 2, 3]

  @Test func `there are certificates of 41 kinds at least, and no two kinds have one name`() {
    let names = CertificateKind.all.map(\.description)
    #expect(names.count >= 41)
    #expect(Set(names).count == names.count)
  }

  @Test(arguments: CertificateKind.all)
  func `a server's certificate is accepted or refused as its kind demands`(kind: CertificateKind) throws {
    for version in TLSVersion.allCases {
      for seed in Self.seeds {
        var names = try Names(seed: seed)
        let made = try kind.make(&names)
        let failure = try connect(made, version)
        switch (failure, made.failure) {
        case (nil, nil): continue
        case (let failure?, let wanted?) where wanted.covers(failure): continue
        default:
          let (found, wanted) = (failure?.description ?? "accepted", made.failure?.description ?? "accepted")
          Issue.record("\(kind), seed \(seed), \(version): \(found), not \(wanted)")
        }
      }
    }
  }

  /// Shakes hands with a server that shows the certificate.
  ///
  /// - Returns: why the client refuses it; nil if it does not.
  private func connect(_ made: CertificateCase, _ version: TLSVersion) throws -> TLSFailure<Never>? {
    var configuration = TLSContext.Configuration(.client, verification: .required)
    configuration.trustRoots = try PEM.text(ofCertificates: made.anchors)
    configuration.minimumVersion = version
    configuration.maximumVersion = version
    configuration.stapling = made.stapling
    let memory = CountingSource()
    let client = Peer(try .client(TLSContext(configuration), hostName: made.host), memory)
    return try shakeHands(client, BarePeer(showing: made.chain, isServer: true))
  }

  @Test(arguments: ClientKind.allCases)
  func `a client's certificate is accepted or refused as its kind demands`(kind: ClientKind) throws {
    for seed in Self.seeds {
      var names = try Names(seed: seed)
      let own = try MadeCertificate(.leaf("DNS:server.test"))
      var configuration = TLSContext.Configuration(.server, verification: .required)
      configuration.trustRoots = try PEM.text(ofCertificates: [names.root])
      configuration.chain = own.der
      configuration.privateKey = TLSSecret(try own.keyInDER())
      // So that the client's refusal to show a weak key in TLS 1.3 is not what is tested.
      configuration.maximumVersion = .tls1_2
      let server = Peer(try .server(TLSContext(configuration)), CountingSource())
      let failure = try shakeHands(server, BarePeer(showing: kind.chain(&names), isServer: false))
      let isExpected = failure.map { kind.failure?.covers($0) == true } ?? (kind.failure == nil)
      #expect(isExpected, "\(kind) \(seed) \(String(describing: failure))")
    }
  }

}

/// Shakes hands with OpenSSL.
///
/// - Returns: why our end refuses it; nil if it does not.
func shakeHands(_ ours: Peer, _ theirs: BarePeer) throws -> TLSFailure<Never>? {
  var step = TLSConnectionEngine.Step.needsInput
  for _ in 0..<12 {
    step = ours.shakeHands()
    let answer = theirs.advance(ours.takeOutput())
    if step == .failed { return ours.failure }
    if step == .done { return nil }
    try ours.give(answer)
  }
  throw TestSupportError("no end of the handshake: \(step)")
}

/// What a client may show a server that asks.
enum ClientKind: CaseIterable {
  case good
  case forClients
  case forServersOnly
  case expired
  case selfSigned
  case ofAStranger
  case tooSmall
  case none

  func chain(_ names: inout Names) throws -> [MadeCertificate] {
    switch self {
    case .good: [try names.leaf(nil)]
    case .forClients: [try names.leaf(nil) { $0.set("extendedKeyUsage", "clientAuth") }]
    case .forServersOnly: [try names.leaf(nil) { $0.set("extendedKeyUsage", "serverAuth") }]
    case .expired: [try names.leaf(nil) { $0.validity = (-1000, -60) }]
    case .selfSigned: [try MadeCertificate(.leaf(nil))]
    case .ofAStranger:
      [try names.leaf(nil, by: MadeCertificate(.authority("stranger")))]
    case .tooSmall: [try names.leaf(nil) { $0.key = .rsa1024 }]
    case .none: []
    }
  }

  var failure: CertificateCase.Expectation? {
    switch self {
    case .good, .forClients: nil
    case .forServersOnly: .refused("unsuitable certificate purpose")
    case .expired: .exactly(.certificateExpired)
    case .selfSigned: .exactly(.selfSigned)
    case .ofAStranger: .exactly(.missingIntermediate(issuer: "CN=stranger"))
    case .tooSmall: .exactly(.keyTooSmall)
    case .none: .exactly(.noCertificate)
    }
  }
}

/// Names as the engine tells them.
enum TLSPeerName {
  static func of(_ made: MadeCertificate) -> String { TLSPeerCertificate(made.pointer).subject }
  static func common(_ made: MadeCertificate) -> String { String(of(made).dropFirst("CN=".count)) }
}

extension PEM {
  /// Certificates, one behind the other.
  static func text(ofCertificates made: [MadeCertificate]) throws -> [UInt8] {
    try made.flatMap { try text(ofCertificates: $0.der, "the test") }
  }
}

extension MadeCertificate {
  func keyInDER() throws -> [UInt8] {
    var start: UnsafeMutablePointer<UInt8>?
    let count = i2d_PrivateKey(key, &start)
    guard count > 0 else { throw TestSupportError("i2d_PrivateKey") }
    defer { CRYPTO_free(start, "", 0) }
    return Array(UnsafeBufferPointer(start: start, count: Int(count)))
  }
}
