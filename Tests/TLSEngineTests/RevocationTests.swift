import CWestwindOpenSSL
import Testing
import WestwindTestSupport

@testable import TLSEngine

struct RevocationTests {
  @Test(arguments: TLSVersion.allCases)
  func `revocation lists of one context are not those of another with the same store`(version: TLSVersion) throws {
    let certificate = try TestCertificate.good.get()
    let list = try #require(revocationList(of: certificate))
    let pointer = try #require(X509_STORE_new())
    let root = try #require(read(certificate.certificate) { PEM_read_bio_X509($0, nil, nil, nil) })
    defer { X509_free(root) }
    try #require(X509_STORE_add_cert(pointer, root) == 1)
    let store = TLSTrustStore(owning: pointer)
    var configuration = TLSContext.Configuration(.client, verification: .required)
    configuration.minimumVersion = version
    configuration.maximumVersion = version
    let without = try TLSContext(configuration, trustStore: store)
    configuration.revocationLists = [list]
    let with = try TLSContext(configuration, trustStore: store)
    let server = try Contexts.server(version)
    try EnginePair(version, contexts: (without, server)).shakeHands()
    #expect(throws: TLSFailure<Never>.certificateRevoked) {
      try EnginePair(version, contexts: (with, server)).shakeHands()
    }
    // The same with roots of its own.
    configuration.trustRoots = certificate.certificate
    let own = try TLSContext(configuration)
    #expect(throws: TLSFailure<Never>.certificateRevoked) {
      try EnginePair(version, contexts: (own, server)).shakeHands()
    }
  }
}

extension RevocationTests {
  @Test(arguments: TLSVersion.allCases)
  func `below a trust anchor that is no root, its own list counts, and nobody else's is missed`(version: TLSVersion)
    throws
  {
    let root = try MadeCertificate(.authority("root"))
    let issuer = try MadeCertificate(.authority("issuer"), by: root)
    let (good, bad) = (
      try MadeCertificate(.leaf("DNS:localhost"), by: issuer), try MadeCertificate(.leaf("DNS:localhost"), by: issuer)
    )
    let list = try #require(revocationList(by: issuer.pointer, issuer.key, of: bad.pointer))
    func connect(_ leaf: MadeCertificate, _ anchor: MadeCertificate) throws -> TLSFailure<Never>? {
      var configuration = TLSContext.Configuration(.client, verification: .required)
      configuration.trustRoots = try PEM.text(ofCertificates: [anchor])
      configuration.revocationLists = [list]
      configuration.minimumVersion = version
      configuration.maximumVersion = version
      let client = Peer(try .client(TLSContext(configuration), hostName: "localhost"), CountingSource())
      return try shakeHands(client, BarePeer(showing: [leaf, issuer], isServer: true))
    }
    for anchor in [root, issuer] {
      #expect(try connect(good, anchor) == nil)
      #expect(try connect(bad, anchor) == .certificateRevoked)
    }
    // Trusted itself, it may be revoked all the same.
    #expect(try connect(good, good) == nil)
    #expect(try connect(bad, bad) == .certificateRevoked)
  }
}

/// An authority's list, in DER, in which it has revoked its own certificate.
private func revocationList(of authority: TestCertificate) -> [UInt8]? {
  guard let certificate = read(authority.certificate, { PEM_read_bio_X509($0, nil, nil, nil) }) else {
    return nil
  }
  defer { X509_free(certificate) }
  guard let key = read(authority.key, { PEM_read_bio_PrivateKey($0, nil, nil, nil) }) else { return nil }
  defer { EVP_PKEY_free(key) }
  return revocationList(by: certificate, key, of: certificate)
}

/// An authority's list, in DER, in which it has revoked a certificate.
private func revocationList(
  by authority: OpaquePointer, _ key: OpaquePointer, of certificate: OpaquePointer
) -> [UInt8]? {
  let list = X509_CRL_new()
  defer { X509_CRL_free(list) }
  let yesterday = X509_gmtime_adj(nil, -86400)
  let tomorrow = X509_gmtime_adj(nil, 86400)
  defer {
    ASN1_STRING_free(yesterday)
    ASN1_STRING_free(tomorrow)
  }
  let revoked = X509_REVOKED_new()
  X509_REVOKED_set_serialNumber(revoked, X509_get_serialNumber(certificate))
  X509_REVOKED_set_revocationDate(revoked, yesterday)
  X509_CRL_set_version(list, 1)
  X509_CRL_set_issuer_name(list, X509_get_subject_name(authority))
  X509_CRL_set1_lastUpdate(list, yesterday)
  X509_CRL_set1_nextUpdate(list, tomorrow)
  X509_CRL_add0_revoked(list, revoked)  // which owns it from here on
  guard X509_CRL_sign(list, key, EVP_sha256()) > 0 else { return nil }
  var start: UnsafeMutablePointer<UInt8>?
  let count = i2d_X509_CRL(list, &start)
  guard count > 0, let start = start else { return nil }
  defer { CRYPTO_free(start, "", 0) }
  // Sound: OpenSSL has made the bytes, and says how many.
  return Array(UnsafeBufferPointer(start: start, count: Int(count)))
}

/// Reads PEM. Sound: the BIO reads the array while it is lent.
private func read(_ bytes: [UInt8], _ body: (OpaquePointer) -> OpaquePointer?) -> OpaquePointer? {
  bytes.withUnsafeBytes { bytes in
    guard let memory = BIO_new_mem_buf(bytes.baseAddress, CInt(bytes.count)) else { return nil }
    defer { BIO_free(memory) }
    return body(memory)
  }
}
