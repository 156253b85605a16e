import TLSEngine

extension CertificateKind {
  /// Every kind of certificate that a server may show, good and bad.
  static let all: [CertificateKind] = times + names + addresses + usages + strengths + chains + anchors + staples

  private static let times = [
    CertificateKind("good") { try $0.server("DNS:\($0.host)") },
    CertificateKind("expired") { names in
      let end = names.time()
      return try names.server("DNS:\(names.host)", .exactly(.certificateExpired)) { $0.validity = (-end - 1000, -end) }
    },
    CertificateKind("not yet valid") { names in
      let start = names.time()
      return try names.server("DNS:\(names.host)", .exactly(.certificateNotYetValid)) {
        $0.validity = (start, start + 1000)
      }
    },
    CertificateKind("intermediate expired") { names in
      let end = names.time()
      return try names.below(.exactly(.certificateExpired)) { $0.validity = (-end - 1000, -end) }
    },
    CertificateKind("intermediate not yet valid") { names in
      let start = names.time()
      return try names.below(.exactly(.certificateNotYetValid)) { $0.validity = (start, start + 1000) }
    },
    CertificateKind("root expired") { names in
      var contents = MadeCertificate.Contents.authority("old root")
      contents.validity = (-10_000, -60)
      let root = try MadeCertificate(contents)
      return CertificateCase(
        chain: [try names.leaf("DNS:\(names.host)", by: root)], host: names.host, anchors: [root],
        failure: .exactly(.certificateExpired))
    },
  ]

  private static let names = [
    CertificateKind("another name") { try $0.server("DNS:other.\($0.domain)", $0.mismatch()) },
    CertificateKind("many names, the right one last") { names in
      let others = (0..<20).map { _ in "DNS:\(names.label()).test" }
      return try names.server((others + ["DNS:\(names.host)"]).joined(separator: ","))
    },
    CertificateKind("wildcard for a label") { try $0.server("DNS:*.\($0.domain)") },
    CertificateKind("wildcard for two labels") {
      try $0.server("DNS:*.\($0.domain)", host: "a.\($0.host)", $0.mismatch("a.\($0.host)"))
    },
    CertificateKind("wildcard for no label") {
      try $0.server("DNS:*.\($0.domain)", host: $0.domain, $0.mismatch($0.domain))
    },
    CertificateKind("wildcard within a label") { try $0.server("DNS:w*w.\($0.domain)", $0.mismatch()) },
    CertificateKind("wildcard at a label's end") { try $0.server("DNS:w*.\($0.domain)", $0.mismatch()) },
    CertificateKind("wildcard in the middle") {
      try $0.server("DNS:a.*.\($0.domain)", host: "a.\($0.host)", $0.mismatch("a.\($0.host)"))
    },
    CertificateKind("wildcard for a whole top-level domain") { names in
      let domain = names.domain.split(separator: ".")[1]
      return try names.server("DNS:*.\(domain)", host: names.domain, names.mismatch(names.domain))
    },
    CertificateKind("wildcard for everything") { try $0.server("DNS:*", $0.mismatch()) },
    CertificateKind("wildcard in an A-label") {
      try $0.server("DNS:xn--*.\($0.domain)", host: "xn--abc.\($0.domain)", $0.mismatch("xn--abc.\($0.domain)"))
    },
    CertificateKind("name in CN only") { names in
      let host = names.host
      return try names.server(nil, names.mismatch()) { $0.subject = host }
    },
    CertificateKind("name in CN, and a mail address") { names in
      let host = names.host
      return try names.server("email:a@\(names.domain)", names.mismatch()) { $0.subject = host }
    },
    CertificateKind("upper case in the certificate") { try $0.server("DNS:\($0.host.uppercased())") },
    CertificateKind("upper case in the host") { try $0.server("DNS:\($0.host)", host: $0.host.uppercased()) },
    CertificateKind("a dot behind the certificate's name") { try $0.server("DNS:\($0.host).", $0.mismatch()) },
    CertificateKind("a dot behind the host") { try $0.server("DNS:\($0.host)", host: "\($0.host).") },
    CertificateKind("a URI of the host") { try $0.server("URI:https://\($0.host)", $0.mismatch()) },
    CertificateKind("NUL behind the name") { names in
      let name = Array(names.host.utf8) + [0] + Array(".evil.test".utf8)
      let der = [0x82, UInt8(name.count)] + name
      return try names.server(nil, names.mismatch()) {
        $0.rawExtensions = [("2.5.29.17", false, [0x30, UInt8(der.count)] + der)]
      }
    },
    CertificateKind("a parent domain's name") { try $0.server("DNS:\($0.domain)", $0.mismatch()) },
    CertificateKind("version 1, without extensions") { names in
      let host = names.host
      return try names.server(nil, names.mismatch()) {
        $0.isVersion1 = true
        $0.extensions = []
        $0.subject = host
      }
    },
  ]

  private static let addresses = [
    CertificateKind("IPv4 address") { try $0.server("IP:127.0.0.1", host: "127.0.0.1") },
    CertificateKind("another IPv4 address") {
      try $0.server("IP:127.0.0.2", host: "127.0.0.1", .exactly(.addressMismatch(expected: "127.0.0.1")))
    },
    CertificateKind("IPv4 address as a DNS name") {
      try $0.server("DNS:127.0.0.1", host: "127.0.0.1", .exactly(.addressMismatch(expected: "127.0.0.1")))
    },
    CertificateKind("wildcard for an address") {
      try $0.server("DNS:*.0.0.1", host: "127.0.0.1", .exactly(.addressMismatch(expected: "127.0.0.1")))
    },
    CertificateKind("IPv6 address, written otherwise") {
      try $0.server("IP:2001:db8::1", host: "2001:db8:0:0:0:0:0:1")
    },
    CertificateKind("another IPv6 address") {
      try $0.server("IP:2001:db8::1", host: "2001:db8::2", .exactly(.addressMismatch(expected: "2001:db8::2")))
    },
  ]

  private static let usages = [
    CertificateKind("for servers") { try $0.server("DNS:\($0.host)") { $0.set("extendedKeyUsage", "serverAuth") } },
    CertificateKind("for clients only") {
      try $0.server("DNS:\($0.host)", .refused("unsuitable certificate purpose")) {
        $0.set("extendedKeyUsage", "clientAuth")
      }
    },
    CertificateKind("for revocation lists only") {
      try $0.server("DNS:\($0.host)", .refused("unsuitable certificate purpose")) {
        // With a key of another kind OpenSSL's server does not show it in TLS 1.2.
        $0.key = .ed25519
        $0.set("keyUsage", "critical,cRLSign")
      }
    },
    CertificateKind("an extension that nobody knows, critical") {
      try $0.server("DNS:\($0.host)", .refused("unhandled critical extension")) {
        $0.rawExtensions = [("1.2.3.4.5", true, [0x0C, 0x01, 0x78])]
      }
    },
    CertificateKind("an extension that nobody knows, not critical") {
      try $0.server("DNS:\($0.host)") { $0.rawExtensions = [("1.2.3.4.5", false, [0x0C, 0x01, 0x78])] }
    },
    CertificateKind("an authority's own, as a server's") {
      try $0.server("DNS:\($0.host)") { $0.set("basicConstraints", "critical,CA:TRUE") }
    },
  ]

  private static let strengths = [
    CertificateKind("RSA of 1024 bits") {
      try $0.server("DNS:\($0.host)", .exactly(.keyTooSmall)) { $0.key = .rsa1024 }
    },
    CertificateKind("RSA of 2048 bits") { try $0.server("DNS:\($0.host)") { $0.key = .rsa2048 } },
    CertificateKind("an elliptic curve of 192 bits") { names in
      // No signature of TLS 1.3 has one; as an authority's key it could be.
      try names.below(.exactly(.keyTooSmall)) { $0.key = .p192 }
    },
    CertificateKind("SHA-1 in the signature") { names in
      let root = try MadeCertificate(.authority("root"))
      return CertificateCase(
        chain: [try names.leaf("DNS:\(names.host)", by: root) { $0.usesSHA1 = true }], host: names.host,
        anchors: [root], failure: .exactly(.weakSignature))
    },
    CertificateKind("SHA-1 in the intermediate's signature") { names in
      let root = try MadeCertificate(.authority("root"))
      let middle = try names.intermediate(by: root) { $0.usesSHA1 = true }
      return CertificateCase(
        chain: [try names.leaf("DNS:\(names.host)", by: middle), middle], host: names.host, anchors: [root],
        failure: .exactly(.weakSignature))
    },
  ]

  private static let chains = [
    CertificateKind("through an intermediate") { try $0.below() },
    CertificateKind("intermediate missing") { names in
      var made = try names.below()
      let issuer = TLSPeerName.of(made.chain[1])
      made.chain.removeLast()
      made.failure = .exactly(.missingIntermediate(issuer: issuer))
      return made
    },
    CertificateKind("intermediate that is no authority") { names in
      try names.below(.refused("invalid CA certificate")) { $0.extensions = [("basicConstraints", "CA:FALSE")] }
    },
    CertificateKind("intermediate that may not sign certificates") { names in
      try names.below(.refused("invalid CA certificate")) { $0.set("keyUsage", "critical,cRLSign") }
    },
    CertificateKind("name that the intermediate is permitted") { names in
      let domain = names.domain
      return try names.below { $0.set("nameConstraints", "critical,permitted;DNS:\(domain)") }
    },
    CertificateKind("name that the intermediate is not permitted") { names in
      try names.below(.refused("permitted subtree violation")) {
        $0.set("nameConstraints", "critical,permitted;DNS:allowed.test")
      }
    },
    CertificateKind("name that the intermediate is forbidden") { names in
      let domain = names.domain
      return try names.below(.refused("excluded subtree violation")) {
        $0.set("nameConstraints", "critical,excluded;DNS:\(domain)")
      }
    },
    CertificateKind("path length kept") { names in
      try names.below { $0.set("basicConstraints", "critical,CA:TRUE,pathlen:0") }
    },
    CertificateKind("path length exceeded") { names in
      let upper = try names.intermediate { $0.set("basicConstraints", "critical,CA:TRUE,pathlen:0") }
      let lower = try names.intermediate(by: upper)
      return CertificateCase(
        chain: [try names.leaf("DNS:\(names.host)", by: lower), lower, upper], host: names.host, anchors: [names.root],
        failure: .refused("path length constraint exceeded"))
    },
    CertificateKind("chain in another order, with a stranger in it") { names in
      let upper = try names.intermediate()
      let lower = try names.intermediate(by: upper)
      let stranger = try MadeCertificate(.authority("stranger"))
      return CertificateCase(
        chain: [try names.leaf("DNS:\(names.host)", by: lower), stranger, upper, lower], host: names.host,
        anchors: [names.root])
    },
    CertificateKind("signed by a namesake of the root") { names in
      var contents = MadeCertificate.Contents.authority(TLSPeerName.common(names.root))
      contents.key = names.rootKey
      let namesake = try MadeCertificate(contents)
      return CertificateCase(
        chain: [try names.leaf("DNS:\(names.host)", by: namesake)], host: names.host, anchors: [names.root],
        failure: .refused("certificate signature failure"))
    },
    CertificateKind("self-signed") { names in
      CertificateCase(
        chain: [try MadeCertificate(.leaf("DNS:\(names.host)"))], host: names.host, anchors: [names.root],
        failure: .exactly(.selfSigned))
    },
    CertificateKind("unknown authority, which shows its root") { names in
      let stranger = try MadeCertificate(.authority("stranger"))
      return CertificateCase(
        chain: [try names.leaf("DNS:\(names.host)", by: stranger), stranger], host: names.host, anchors: [names.root],
        failure: .exactly(.unknownAuthority(issuer: "CN=stranger")))
    },
  ]

  /// RFC 5280 6.1.1 (d): who is trusted is the user's word, whatever it is.
  private static let anchors = [
    CertificateKind("a self-signed one that is trusted") { names in
      let own = try MadeCertificate(.leaf("DNS:\(names.host)"))
      return CertificateCase(chain: [own], host: names.host, anchors: [own])
    },
    CertificateKind("below a trusted intermediate, whose root is unknown") { names in
      var made = try names.below()
      made.anchors = [made.chain.removeLast()]
      return made
    },
    CertificateKind("trusted itself, whose authority is unknown") { names in
      var made = try names.below()
      made.anchors = [made.chain[0]]
      made.chain.removeLast()
      return made
    },
    CertificateKind("below another than the trusted intermediate") { names in
      let trusted = try names.intermediate()
      var made = try names.below()
      made.anchors = [trusted]
      made.failure = .exactly(.unknownAuthority(issuer: TLSPeerName.of(names.root)))
      return made
    },
    CertificateKind("trusted itself, and expired") { names in
      var made = try names.server("DNS:\(names.host)", .exactly(.certificateExpired)) { $0.validity = (-1000, -60) }
      made.anchors = made.chain
      return made
    },
    CertificateKind("trusted itself, for another name") { names in
      var made = try names.server("DNS:other.\(names.domain)", names.mismatch())
      made.anchors = made.chain
      return made
    },
  ]

  private static let staples = [
    CertificateKind("has to come with a proof, and does not") { names in
      try names.server("DNS:\(names.host)", .exactly(.noRevocationProof("the server sent none"))) {
        $0.set("tlsfeature", "status_request")
      }
    },
    CertificateKind("has to come with a proof, and nobody asks") { names in
      var made = try names.server("DNS:\(names.host)") { $0.set("tlsfeature", "status_request") }
      made.stapling = .off
      return made
    },
    CertificateKind("needs no proof, but every server has to have one") { names in
      var made = try names.server("DNS:\(names.host)", .exactly(.noRevocationProof("the server sent none")))
      made.stapling = .required
      return made
    },
  ]
}
