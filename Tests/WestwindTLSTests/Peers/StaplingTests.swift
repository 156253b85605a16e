import Testing
import WestwindSockets
import WestwindTLS
import WestwindTestSupport

/// Proofs that a certificate is not revoked, which `openssl s_server` staples to it, and `openssl ocsp` has signed.
@Suite(.enabled(if: Tool.find("openssl") != nil, "openssl is not installed"))
struct StaplingTests {
  @Test(arguments: TLSVersion.allCases)
  func `a certificate that must come with a proof is accepted with it, and refused without`(version: TLSVersion) throws
  {
    let certificates = try Certificates()
    try certificates.write("", to: "openssl.cnf")
    try certificates.make("root", .init(subject: "/CN=root", alternatives: nil, isAuthority: true))
    try certificates.make("leaf", .init(issuer: "root", extra: "tlsfeature=status_request"))
    for (state, failure) in [("V", nil), ("R", .certificateRevoked), (nil, .noRevocationProof("the server sent none"))]
      as [(String?, TLSError?)]
    {
      let proof = try state.map { try makeProof($0, certificates) }
      #expect(try connect(proof, version, certificates) == failure)
    }
    // Who is not asked has nothing to prove.
    #expect(try connect(nil, version, certificates, .off) == nil)
  }

  /// Has the root sign what the state of the leaf is.
  ///
  /// - Parameter state: `V` or `R`, as the index of `openssl ca` has it.
  private func makeProof(_ state: String, _ certificates: Certificates) throws -> String {
    let openssl = try #require(Tool.find("openssl"))
    let leaf = certificates.path("leaf.pem")
    let shown = try ChildProcess.run(openssl, ["x509", "-in", leaf, "-noout", "-serial"])
    let serial = shown.output.dropFirst("serial=".count).prefix { $0 != "\n" }
    let (end, start) = (Certificates.date(hours: 24).dropFirst(2), Certificates.date(hours: -1).dropFirst(2))
    let gone = state == "R" ? "\(start)" : ""
    try certificates.write("\(state)\t\(end)\t\(gone)\t\(serial)\tunknown\t/CN=westwind test\n", to: "index.txt")
    let root = certificates.path("root.pem")
    let file = certificates.path("\(state).ocsp")
    try certificates.openssl(
      "ocsp", "-index", certificates.path("index.txt"), "-CA", root, "-issuer", root, "-cert", leaf, "-rsigner", root,
      "-rkey", certificates.path("root.key"), "-respout", file, "-ndays", "1", "-noverify")
    return file
  }

  /// Shakes hands with a server that shows the leaf, and a proof if it has one.
  private func connect(
    _ proof: String?, _ version: TLSVersion, _ certificates: Certificates, _ stapling: OCSPStapling = .asked
  ) throws -> TLSError? {
    var arguments = ["-cert", certificates.path("leaf.pem"), "-key", certificates.path("leaf.key")]
    arguments += ["-naccept", "1", "-rev"]
    if let proof { arguments += ["-status_file", proof] }
    let server = try OpenSSLServer(arguments, in: certificates)
    defer { server.end() }
    let socket = try server.connect()
    defer { try? socket.close() }
    var options = TLSOptions(hostName: "localhost")
    options.trustRoots = .file(certificates.path("root.pem"))
    options.minimumVersion = version
    options.maximumVersion = version
    options.stapling = stapling
    do throws(TLSError) {
      let tls = try tlsConnect(socket, options, timeout: .seconds(20))
      try? tls.close()
      return nil
    } catch {
      return error
    }
  }
}
