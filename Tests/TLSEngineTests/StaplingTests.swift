import CWestwindOpenSSL
import Glibc
import Testing
import WestwindTestSupport

@testable import TLSEngine

/// What comes of the proofs that a server staples to its certificate.
struct StaplingTests {
  /// What the server staples.
  enum Proof: CaseIterable {
    case none
    case good
    case revoked
    /// The authority does not know the certificate.
    case unknown
    /// It ended an hour ago.
    case old
    /// It begins in an hour.
    case early
    /// About another certificate of the same authority.
    case aboutAnother
    /// Signed by who has nothing from the authority.
    case forged
    /// Signed by one whom the authority has named.
    case delegated
    /// Signed by a certificate of the authority's that is not for that.
    case undelegated
    /// No proof, but an answer that there is none now.
    case refused
    case garbage
  }

  @Test(arguments: TLSVersion.allCases, Proof.allCases)
  func `a proof counts as its kind and the options demand`(version: TLSVersion, proof: Proof) throws {
    for isBelowIntermediate in [false, true] {
      for must in [false, true] {
        let chain = try Chain(mustStaple: must, isBelowIntermediate: isBelowIntermediate)
        let staple = try chain.staple(proof)
        #expect(try chain.connect(staple, .off, version) == nil)
        let asked = try chain.connect(staple, .asked, version)
        let required = try chain.connect(staple, .required, version)
        switch proof {
        case .good, .delegated: #expect(asked == nil && required == nil)
        case .revoked: #expect(asked == .certificateRevoked && required == .certificateRevoked)
        default:
          #expect(must ? asked?.isMissingProof == true : asked == nil, "\(String(describing: asked))")
          #expect(required?.isMissingProof == true, "\(String(describing: required))")
        }
        // An authority that is no root may be the trust anchor.
        #expect(try chain.connect(staple, .asked, version, trustsIssuer: true) == asked)
      }
    }
  }
}

extension StaplingTests {
  @Test(arguments: TLSVersion.allCases)
  func `a server of ours staples what it has for a client that asks`(version: TLSVersion) throws {
    let chain = try Chain(mustStaple: true, isBelowIntermediate: false)
    for proof in [.none, .good, .revoked] as [Proof] {
      var configuration = TLSContext.Configuration(.server, verification: .none)
      configuration.chain = chain.leaf.der
      configuration.privateKey = TLSSecret(try chain.leaf.keyInDER())
      configuration.staple = try chain.staple(proof)
      var ofClient = TLSContext.Configuration(.client, verification: .required)
      ofClient.trustRoots = try PEM.text(ofCertificates: [chain.root])
      ofClient.minimumVersion = version
      ofClient.maximumVersion = version
      for stapling in [OCSPStapling.off, .asked] {
        ofClient.stapling = stapling
        let contexts = (client: try TLSContext(ofClient), server: try TLSContext(configuration))
        let pair = try EnginePair(version, contexts: contexts)
        do {
          try pair.shakeHands()
          #expect(stapling == .off || proof == .good)
        } catch let failure as TLSFailure<Never> {
          #expect(stapling == .asked)
          #expect(proof == .revoked ? failure == .certificateRevoked : proof == .none && failure.isMissingProof)
        }
      }
    }
  }
}

/// A server's certificate and who is above it.
private struct Chain {
  let root: MadeCertificate
  let issuer: MadeCertificate
  let leaf: MadeCertificate
  let isBelowIntermediate: Bool

  init(mustStaple: Bool, isBelowIntermediate: Bool) throws {
    self.isBelowIntermediate = isBelowIntermediate
    root = try MadeCertificate(.authority("root"))
    issuer = isBelowIntermediate ? try MadeCertificate(.authority("issuer"), by: root) : root
    var contents = MadeCertificate.Contents.leaf("DNS:localhost")
    if mustStaple { contents.set("tlsfeature", "status_request") }
    leaf = try MadeCertificate(contents, by: issuer)
  }

  /// - Returns: the response in DER; nil for none.
  func staple(_ proof: StaplingTests.Proof) throws -> [UInt8]? {
    switch proof {
    case .none: return nil
    case .garbage: return [0x30, 0x03, 1, 2, 3]
    case .refused: return try encoded(OCSP_response_create(OCSP_RESPONSE_STATUS_TRYLATER, nil))
    default: break
    }
    var contents = MadeCertificate.Contents.leaf(nil, subject: "delegate")
    if proof == .delegated { contents.set("extendedKeyUsage", "OCSPSigning") }
    let signer =
      switch proof {
      case .forged: try MadeCertificate(.authority("stranger"))
      case .delegated, .undelegated: try MadeCertificate(contents, by: issuer)
      default: issuer
      }
    let basic = OCSP_BASICRESP_new()
    defer { OCSP_BASICRESP_free(basic) }
    let subject = proof == .aboutAnother ? try MadeCertificate(.leaf(nil), by: issuer) : leaf
    let identifier = OCSP_cert_to_id(EVP_sha1(), subject.pointer, issuer.pointer)
    defer { OCSP_CERTID_free(identifier) }
    let (start, end) = proof == .old ? (-7200, -3600) : proof == .early ? (3600, 7200) : (-60, 3600)
    let times = [start, end, -100].map { X509_gmtime_adj(nil, $0) }
    defer { times.forEach { ASN1_STRING_free($0) } }
    let status =
      proof == .revoked
      ? V_OCSP_CERTSTATUS_REVOKED : proof == .unknown ? V_OCSP_CERTSTATUS_UNKNOWN : V_OCSP_CERTSTATUS_GOOD
    OCSP_basic_add1_status(basic, identifier, status, -1, proof == .revoked ? times[2] : nil, times[0], times[1])
    guard OCSP_basic_sign(basic, signer.pointer, signer.key, EVP_sha256(), nil, 0) == 1 else {
      throw TestSupportError("OCSP_basic_sign")
    }
    return try encoded(OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic))
  }

  private func encoded(_ response: OpaquePointer?) throws -> [UInt8] {
    guard let response else { throw TestSupportError("OCSP_response_create") }
    defer { OCSP_RESPONSE_free(response) }
    var start: UnsafeMutablePointer<UInt8>?
    let count = i2d_OCSP_RESPONSE(response, &start)
    defer { CRYPTO_free(start, "", 0) }
    return Array(UnsafeBufferPointer(start: start, count: Int(max(0, count))))
  }

  func connect(
    _ staple: [UInt8]?, _ stapling: OCSPStapling, _ version: TLSVersion, trustsIssuer: Bool = false
  ) throws -> TLSFailure<Never>? {
    var configuration = TLSContext.Configuration(.client, verification: .required)
    configuration.trustRoots = try PEM.text(ofCertificates: [trustsIssuer ? issuer : root])
    configuration.minimumVersion = version
    configuration.maximumVersion = version
    configuration.stapling = stapling
    let client = Peer(try .client(TLSContext(configuration), hostName: "localhost"), CountingSource())
    let server = try BarePeer(showing: isBelowIntermediate ? [leaf, issuer] : [leaf], isServer: true)
    if let staple { server.staple(staple) }
    return try shakeHands(client, server)
  }
}

extension TLSFailure {
  fileprivate var isMissingProof: Bool {
    if case .noRevocationProof = self { true } else { false }
  }
}
