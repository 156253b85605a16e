import SystemPackage
import Testing
import WestwindSockets
import WestwindTLS
import WestwindTestSupport

/// Servers with certificates that must not be believed, and their good twins, from `openssl s_server`.
@Suite struct CertificateTests {
  @Test(arguments: CertificateTable.rows)
  func `a bad certificate is refused with its cause, and its good twin accepted`(row: CertificateTable.Row) throws {
    let certificates = try Self.authorities()
    #expect(throws: row.error) { try connect(row.bad, certificates) }
    try connect(row.good, certificates)
    #expect(!row.error.description.isEmpty)
    #expect(row.error.errno == .connectionAbort)
  }

  @Test func `a bad certificate is accepted where nobody verifies, and a wrong name where nobody asks`() throws {
    let certificates = try Self.authorities()
    for row in CertificateTable.rows where ["expired", "wrong host", "another IP address"].contains(row.description) {
      try connect(row.bad, certificates) { $0.verifiesPeer = false }
      switch row.error {
      case .hostNameMismatch, .addressMismatch: try connect(row.bad, certificates) { $0.verifiesHostName = false }
      default:
        #expect(throws: row.error) { try connect(row.bad, certificates) { $0.verifiesHostName = false } }
      }
    }
  }

  @Test func `a cipher list cannot lower the bar for signatures and keys`() throws {
    let certificates = try Self.authorities()
    for row in CertificateTable.rows where ["SHA-1 signature", "key too small"].contains(row.description) {
      #expect(throws: row.error) { try connect(row.bad, certificates) { $0.cipherList = "ALL:@SECLEVEL=0" } }
    }
  }

  @Test func `without a name to verify nobody is believed`() throws {
    let (a, b) = try SocketDescriptor.pair()
    defer { [a, b].forEach { try? $0.close() } }
    do {
      _ = try tlsConnect(a, TLSOptions(), timeout: .immediate)
      Issue.record("it connected")
    } catch {
      guard case .badConfiguration = error else { throw error }
    }
  }

  /// An authority, one below it, and one that nobody knows.
  private static func authorities() throws -> Certificates {
    let certificates = try Certificates()
    try certificates.write("", to: "openssl.cnf")
    func authority(_ name: String, issuer: String? = nil) throws {
      try certificates.make(
        name, .init(subject: "/CN=\(name)", alternatives: nil, isAuthority: true, issuer: issuer))
    }
    try authority("root")
    try authority("stranger")
    try authority("intermediate", issuer: "root")
    return certificates
  }

  /// Shakes hands with an `s_server` that shows the certificate.
  private func connect(
    _ side: CertificateTable.Side, _ certificates: Certificates, _ change: (inout TLSOptions) -> Void = { _ in }
  ) throws {
    try certificates.make("leaf", side.request)
    if side.isRevoked { try certificates.revoke("leaf", by: "root") }
    // With no bar as to keys and signatures, or it would not show the bad ones.
    var arguments = ["-cert", certificates.path("leaf.pem"), "-key", certificates.path("leaf.key")]
    arguments += ["-naccept", "1", "-rev", "-cipher", "ALL:@SECLEVEL=0"]
    if let chain = side.chain { arguments += ["-cert_chain", certificates.path("\(chain).pem")] }
    let server = try OpenSSLServer(arguments, in: certificates)
    defer { server.end() }
    let socket = try server.connect()
    defer { try? socket.close() }
    var options = TLSOptions(hostName: side.host)
    options.trustRoots = .file(certificates.path("\(side.trusts ?? "leaf").pem"))
    if side.hasRevocationList {
      try certificates.makeRevocationList(of: "root", configuredBy: "leaf")
      options.revocationLists = [.pem(try certificates.bytes("root.crl"))]
    }
    change(&options)
    let tls = try tlsConnect(socket, options, timeout: .seconds(20))
    try tls.send(Array("ab\n".utf8))
    #expect(try tls.receiveAll(3) == Array("ba\n".utf8))
    try tls.close()
  }
}
