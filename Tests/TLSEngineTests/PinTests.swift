import Synchronization
import Testing
import WestwindTestSupport

@testable import TLSEngine

/// Peers that are recognized by their certificate or their key, and programs that have the last word.
struct PinTests {
  private func connect(
    _ version: TLSVersion, to host: String = "localhost", showing: TestCertificate? = nil,
    _ change: (inout TLSContext.Configuration) throws -> Void, verifier: TLSVerifier? = nil
  ) throws -> EnginePair {
    let shown = try showing ?? TestCertificate.good.get()
    var configuration = TLSContext.Configuration(.client, verification: .required)
    configuration.trustRoots = shown.certificate
    configuration.minimumVersion = version
    configuration.maximumVersion = version
    configuration.hasVerifier = verifier != nil
    try change(&configuration)
    let contexts = (client: try TLSContext(configuration), server: try Contexts.server(version, shown))
    let pair = try EnginePair(version, hostName: host, contexts: contexts, verifier: verifier)
    try pair.shakeHands()
    return pair
  }

  /// What a connection tells of the certificate that it was shown.
  private func certificate(_ shown: TestCertificate? = nil) throws -> TLSPeerCertificate {
    try #require(connect(.tls1_3, showing: shown) { $0.verification = .none }.client.peerCertificate)
  }

  @Test func `the pins are those that the openssl command computes`() throws {
    let certificate = try certificate()
    let openssl = try #require(Tool.find("openssl"))
    func digest(_ command: String) throws -> String {
      let folder = try TemporaryFolder("pin")
      defer { folder.remove() }
      try folder.write(String(decoding: TestCertificate.good.get().certificate, as: UTF8.self), to: "c.pem")
      let done = try ChildProcess.run("/bin/sh", ["-c", "cd \(folder.path) && \(openssl) \(command)"])
      #expect(done.status == .exited(0), "\(done.errors)")
      return done.output.split(separator: "\n").first.map { String($0) } ?? ""
    }
    let fingerprint = try digest("x509 -in c.pem -noout -fingerprint -sha256")
    let text = try #require(fingerprint.split(separator: "=").last)
    #expect(TLSPin("cert:" + text) == certificate.pin)
    #expect(TLSPin("cert:" + text.lowercased().split(separator: ":").joined()) == certificate.pin)
    let key = try digest(
      "x509 -in c.pem -noout -pubkey | \(openssl) pkey -pubin -outform DER | \(openssl) dgst -sha256 -binary | \(openssl) base64"
    )
    #expect(TLSPin("sha256//" + key) == certificate.publicKeyPin)
    #expect("\(certificate.publicKeyPin)" == "sha256//" + key)
    #expect(TLSPin("\(certificate.pin)") == certificate.pin)
    #expect(certificate.subject == "CN=westwind test" && certificate.issuer == certificate.subject)
    #expect(certificate.pin != certificate.publicKeyPin)
  }

  @Test(arguments: [
    "", "sha256//", "sha256//AAAA", "cert:", "cert:00", "sha1//AAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    "sha256//" + String(repeating: "A", count: 44), "sha256//" + String(repeating: "A", count: 42) + "==",
    // The last digit has two bits that stand for nothing.
    "sha256//" + String(repeating: "A", count: 42) + "B=", "sha256// " + String(repeating: "A", count: 43) + "=",
    "cert:" + String(repeating: "g", count: 64), "cert:" + String(repeating: "0", count: 63),
    "CERT:" + String(repeating: "0", count: 64), "cert:" + String(repeating: "0", count: 65),
  ])
  func `a text that is no pin is none`(text: String) {
    #expect(TLSPin(text) == nil)
  }

  @Test func `a digest of another length is no pin`() {
    #expect(TLSPin.certificate(sha256: []) == nil)
    #expect(TLSPin.publicKey(sha256: [UInt8](repeating: 0, count: 20)) == nil)
    #expect(
      TLSPin("sha256//" + String(repeating: "A", count: 43) + "=") == .publicKey(sha256: .init(repeating: 0, count: 32))
    )
  }

  @Test(arguments: TLSVersion.allCases)
  func `a pinned peer is accepted, by its certificate and by its key, and no other is`(version: TLSVersion) throws {
    let (good, other) = (try certificate(), try certificate(TestCertificate.otherName.get()))
    let wrong: [TLSPin] = [other.pin, other.publicKeyPin]
    for verification in [TLSContext.Configuration.Verification.required, .none] {
      for pin in [good.pin, good.publicKeyPin] {
        _ = try connect(version) {
          $0.verification = verification
          $0.pins = wrong + [pin]
        }
      }
      #expect(
        throws: TLSFailure<Never>.notPinned(
          certificate: good.pin.description, publicKey: good.publicKeyPin.description)
      ) {
        try connect(version) {
          $0.verification = verification
          $0.pins = wrong
        }
      }
    }
  }

  @Test(arguments: TLSVersion.allCases)
  func `a pin does not make a bad certificate good`(version: TLSVersion) throws {
    let pin = try certificate().pin
    #expect(throws: TLSFailure<Never>.hostNameMismatch(expected: "elsewhere.test")) {
      try connect(version, to: "elsewhere.test") { $0.pins = [pin] }
    }
    // But it is enough where nothing else is verified.
    _ = try connect(version, to: "elsewhere.test") {
      $0.pins = [pin]
      $0.verification = .none
    }
  }

  @Test(arguments: TLSVersion.allCases)
  func `a verifier has the last word, and is shown what was found`(version: TLSVersion) throws {
    let seen = Mutex<[TLSVerification]>([])
    func verifier(_ answer: Bool) -> TLSVerifier {
      { found in
        seen.withLock { $0.append(found) }
        return answer
      }
    }
    // A good one is refused,
    #expect(throws: TLSFailure<Never>.refusedByVerifier) { try connect(version, { _ in }, verifier: verifier(false)) }
    // a bad one is accepted,
    let pair = try connect(version, to: "elsewhere.test", { _ in }, verifier: verifier(true))
    #expect(pair.client.verifyResult == 0)
    // also one that was not pinned,
    let other = try certificate(TestCertificate.otherName.get()).pin
    _ = try connect(version, { $0.pins = [other] }, verifier: verifier(true))
    // and it is asked where nothing else is.
    #expect(throws: TLSFailure<Never>.refusedByVerifier) {
      try connect(version, { $0.verification = .none }, verifier: verifier(false))
    }
    let found = seen.withLock { $0 }
    try #require(found.count == 4)
    let good = try certificate()
    #expect(found[0] == TLSVerification(chain: [.init(certificate: good, verifyResult: 0)], failure: nil))
    #expect(found[1].failure == .hostNameMismatch(expected: "elsewhere.test"))
    #expect(found[1].chain.map(\.verifyResult) == [4])
    guard case .notPinned = found[2].failure else {
      Issue.record("\(found[2])")
      return
    }
    #expect(found[2].chain.map(\.verifyResult) == [256])
    #expect(found[3].failure == nil && found[3].chain.map(\.certificate) == [good])
  }

  @Test(arguments: TLSVersion.allCases)
  func `a verifier sees the whole chain, the peer's own certificate first`(version: TLSVersion) throws {
    var names = try Names(seed: 4)
    let made = try names.below(nil) { $0.validity = (-1000, -60) }
    var configuration = TLSContext.Configuration(.client, verification: .required)
    configuration.trustRoots = try PEM.text(ofCertificates: made.anchors)
    configuration.hasVerifier = true
    configuration.minimumVersion = version
    configuration.maximumVersion = version
    let seen = Mutex<TLSVerification?>(nil)
    let client = Peer(
      try .client(
        TLSContext(configuration), hostName: made.host,
        verifier: { found in
          seen.withLock { $0 = found }
          return false
        }), CountingSource())
    let server = try BarePeer(showing: made.chain, isServer: true)
    for _ in 0..<12 where client.shakeHands() == .needsInput { try client.give(server.advance(client.takeOutput())) }
    #expect(client.failure == .certificateExpired)
    let found = try #require(seen.withLock { $0 })
    #expect(found.chain.map(\.certificate.der) == (made.chain + made.anchors).map(\.der))
    #expect(found.chain.map(\.verifyResult) == [0, 1, 0])
    #expect(found.failure == .certificateExpired)
  }

  @Test func `a secret is known by its bytes, and shows none of them`() {
    let (one, same, other) = (TLSSecret([1, 2, 3]), TLSSecret([1, 2, 3]), TLSSecret([1, 2, 4]))
    #expect(one == same && one.hashValue == same.hashValue && one != other)
    #expect(one.fingerprint == same.fingerprint && one.fingerprint != other.fingerprint)
    #expect("\(one)" == "3 bytes" && String(reflecting: one) == "3 bytes" && Mirror(reflecting: one).children.isEmpty)
    #expect(one.withBytes { $0.byteCount } == 3)
    #expect(TLSSecret([]).withBytes { $0.byteCount } == 0)
  }
}
