import WestwindTLS

/// What may be wrong with a server's certificate, each with a good one that differs in that alone.
enum CertificateTable {
  /// What a server shows, and what its client goes by.
  struct Side: Sendable {
    var request = Certificates.Request(issuer: "root")
    /// What the server sends behind its certificate.
    var chain: String?
    var host = "localhost"
    /// nil: the certificate itself.
    var trusts: String? = "root"
    /// Of the root, which has revoked `isRevoked`.
    var hasRevocationList = false
    var isRevoked = false
  }

  struct Row: Sendable, CustomStringConvertible {
    let description: String
    let error: TLSError
    let bad: Side
    let good: Side

    init(_ what: String, _ error: TLSError, bad: Side, good: Side = Side()) {
      description = what
      self.error = error
      self.bad = bad
      self.good = good
    }
  }

  private static func named(_ alternatives: String?, subject: String = "/CN=westwind test") -> Certificates.Request {
    Certificates.Request(subject: subject, alternatives: alternatives, issuer: "root")
  }

  private static func dated(_ start: Int, _ end: Int) -> Certificates.Request {
    .init(dates: (Certificates.date(hours: start), Certificates.date(hours: end)), issuer: "root")
  }

  private static func rsa(_ bits: Int) -> Certificates.Request {
    .init(key: ["rsa", "-pkeyopt", "rsa_keygen_bits:\(bits)"], issuer: "root")
  }

  static let rows = [
    Row("expired", .certificateExpired, bad: Side(request: dated(-48, -24))),
    Row("not yet valid", .certificateNotYetValid, bad: Side(request: dated(24, 48))),
    Row("wrong host", .hostNameMismatch(expected: "localhost"), bad: Side(request: named("DNS:elsewhere.test"))),
    Row(
      "self-signed", .selfSigned, bad: Side(request: .init(subject: "/CN=alone")),
      good: Side(request: .init(subject: "/CN=alone"), trusts: nil)),
    Row(
      "unknown authority", .unknownAuthority(issuer: "CN=stranger"),
      bad: Side(request: .init(issuer: "stranger"), chain: "stranger"),
      good: Side(request: .init(issuer: "stranger"), chain: "stranger", trusts: "stranger")),
    Row(
      "missing intermediate", .missingIntermediate(issuer: "CN=intermediate"),
      bad: Side(request: .init(issuer: "intermediate")),
      good: Side(request: .init(issuer: "intermediate"), chain: "intermediate")),
    Row("SHA-1 signature", .weakSignature, bad: Side(request: .init(digest: "sha1", issuer: "root"))),
    Row("key too small", .keyTooSmall, bad: Side(request: rsa(1024)), good: Side(request: rsa(2048))),
    Row(
      "revoked", .certificateRevoked, bad: Side(hasRevocationList: true, isRevoked: true),
      good: Side(hasRevocationList: true)),
    Row(
      "revocation list of another authority", .noRevocationList(issuer: "CN=stranger"),
      bad: Side(request: .init(issuer: "stranger"), trusts: "stranger", hasRevocationList: true),
      good: Side(hasRevocationList: true)),
    Row(
      "name only in CN", .hostNameMismatch(expected: "localhost"),
      bad: Side(request: named(nil, subject: "/CN=localhost")),
      good: Side(request: named("DNS:localhost", subject: "/CN=localhost"))),
    Row(
      "wildcard for two labels", .hostNameMismatch(expected: "a.b.example.test"),
      bad: Side(request: named("DNS:*.example.test"), host: "a.b.example.test"),
      good: Side(request: named("DNS:*.b.example.test"), host: "a.b.example.test")),
    Row(
      "wildcard within a label", .hostNameMismatch(expected: "www.example.test"),
      bad: Side(request: named("DNS:w*.example.test"), host: "www.example.test"),
      good: Side(request: named("DNS:*.example.test"), host: "www.example.test")),
    Row(
      "wildcard not in front", .hostNameMismatch(expected: "www.example.test"),
      bad: Side(request: named("DNS:www.*.test"), host: "www.example.test"),
      good: Side(request: named("DNS:www.example.test"), host: "www.example.test.")),
    Row(
      "another IP address", .addressMismatch(expected: "127.0.0.1"),
      bad: Side(request: named("IP:127.0.0.2"), host: "127.0.0.1"),
      good: Side(request: named("IP:127.0.0.1"), host: "127.0.0.1")),
    Row(
      "IP address as a DNS name", .addressMismatch(expected: "127.0.0.1"),
      bad: Side(request: named("DNS:127.0.0.1"), host: "127.0.0.1"),
      good: Side(request: named("IP:::1"), host: "::1")),
  ]
}
