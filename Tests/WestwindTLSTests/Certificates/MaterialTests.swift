import Testing
import WestwindSockets
import WestwindTLS
import WestwindTestSupport

/// Certificates, keys and lists as they are given: in several, in PEM and DER, and damaged.
@Suite struct MaterialTests {
  @Test func `text in front of PEM may begin with anything`() throws {
    var client = try Standard.client()
    let root = try Standard.certificates.get().bytes("root.pem")
    for text in ["0 s:CN = root\n", "0", "", "\n\n"] {
      // What comes right before the first line is a part of that line.
      client.trustRoots = .pem(Array((text.hasSuffix("0") ? text + "\n" : text).utf8) + root)
      try TLSPair(client).close()
    }
  }

  @Test func `PEM that cannot be read to its end is refused, and nothing of it left out in silence`() throws {
    let certificates = try Standard.certificates.get()
    let (root, server) = (try certificates.bytes("root.pem"), try certificates.bytes("server.pem"))
    let damages: [(inout [UInt8]) -> Void] = [
      { $0.removeLast($0.count / 2) },
      { $0[$0.count / 2] = UInt8(ascii: "*") },
      // Base64 still, but of something else.
      { $0.replaceSubrange(100..<140, with: repeatElement(UInt8(ascii: "A"), count: 40)) },
    ]
    for damage in damages {
      var damaged = root
      damage(&damaged)
      for roots in [damaged, damaged + root, root + damaged, root + damaged + server] {
        var client = try Standard.client()
        client.trustRoots = .pem(roots)
        expectBadConfiguration(client)
      }
      var options = try Standard.server()
      options.certificate.chain = .pem(server + damaged)
      let (a, b) = try SocketDescriptor.pair()
      defer { [a, b].forEach { try? $0.close() } }
      expectBadConfiguration { try tlsAccept(a, options, timeout: .immediate) }
    }
  }

  @Test func `a revocation list that is damaged is refused, also behind one that is not`() throws {
    let certificates = try Certificates()
    try certificates.write("", to: "openssl.cnf")
    for name in ["root", "other"] {
      try certificates.make(name, .init(subject: "/CN=\(name)", alternatives: nil, isAuthority: true))
      try certificates.makeRevocationList(of: name, configuredBy: name)
    }
    let (list, other) = (try certificates.bytes("root.crl"), try certificates.bytes("other.crl"))
    var damaged = other
    damaged[damaged.count / 2] = UInt8(ascii: "*")
    var client = TLSOptions(hostName: "localhost")
    client.trustRoots = .pem(try certificates.bytes("root.pem"))
    client.revocationLists = [.pem(list + damaged)]
    expectBadConfiguration(client)
    // Both as they should be are none of this side's mistakes.
    client.revocationLists = [.pem(list + other)]
    #expect(throws: TLSError.timedOut) { try attempt(client) }
  }

  @Test func `several authorities by tag may each be PEM or DER`() throws {
    let certificates = try Standard.certificates.get()
    try ZephyrSockets.credentials.get()
    let stranger = try Certificates()
    try stranger.write("", to: "openssl.cnf")
    try stranger.make("stranger", .init(subject: "/CN=stranger", alternatives: nil, isAuthority: true))
    for (folder, name) in [(certificates, "root"), (stranger, "stranger")] {
      try folder.openssl(
        "x509", "-in", folder.path("\(name).pem"), "-outform", "DER", "-out", folder.path("\(name).der"))
    }
    let credentials: [(CInt, [UInt8])] = [
      (4201, try certificates.bytes("root.der")), (4202, try stranger.bytes("stranger.der")),
      (4203, try certificates.bytes("root.pem") + [0]), (4204, try stranger.bytes("stranger.pem") + [0]),
    ]
    for (tag, bytes) in credentials { try tlsCredentialAdd(tag, .caCertificate, bytes) }
    defer { for (tag, _) in credentials { try? tlsCredentialDelete(tag, .caCertificate) } }
    let listener = try ZephyrSockets.listener()
    defer { try? listener.close() }
    for tags in [[4201], [4201, 4202], [4202, 4201], [4204, 4201], [4202, 4203], [4203, 4204]] as [[CInt]] {
      let accepting = BlockingThread { try listener.accept(timeout: .seconds(20)) }
      let client = try ZephyrSockets.client()
      defer { try? client.close() }
      try client.setOption(.securityTagList, tags)
      try client.connect(to: listener.getsockname(), timeout: .seconds(20))
      try accepting.join().close()
    }
  }

  @Test func `a file of certificates may be large, and a key's may not`() throws {
    let certificates = try Standard.certificates.get()
    let folder = try TemporaryFolder("large")
    defer { folder.remove() }
    let comment = String(repeating: "a line of text in front of it\n", count: 50_000)
    func file(_ name: String) throws -> TLSSource {
      try folder.write(comment + String(decoding: certificates.bytes(name), as: UTF8.self), to: name)
      return .file(folder.path + "/" + name)
    }
    var client = try Standard.client()
    guard case .file(let roots) = try file("root.pem") else { return }
    client.trustRoots = .file(roots)
    client.revocationLists = []
    var server = try Standard.server()
    server.certificate.chain = try file("server.pem")
    try TLSPair(client, server).close()
    server.certificate.privateKey = try file("server.key")
    let (a, b) = try SocketDescriptor.pair()
    defer { [a, b].forEach { try? $0.close() } }
    expectBadConfiguration { [server] in try tlsAccept(a, server, timeout: .immediate) }
    server.certificate.privateKey = .secret(TLSSecret(try certificates.bytes("server.key")))
    try TLSPair(client, server).close()
  }

  @Test func `options that are printed show no private key`() throws {
    let key = Array("-----BEGIN PRIVATE KEY-----".utf8)
    var client = TLSOptions(hostName: "localhost")
    let certificate = TLSCertificate(chain: .file("/etc/server.pem"), privateKey: .pem(key))
    client.certificate = certificate
    let server = TLSServerOptions(certificate: certificate)
    var dumped = ""
    dump(client, to: &dumped)
    dump(server, to: &dumped)
    let texts = ["\(client)", String(reflecting: client), "\(server)", String(reflecting: server), dumped]
    for text in texts {
      #expect(!text.contains("45, 45"))
      #expect(!text.contains("PRIVATE"))
      #expect(text.contains("/etc/server.pem"))
    }
    #expect("\(certificate.privateKey)" == "27 bytes")
  }

  private func attempt(_ options: TLSOptions) throws(TLSError) {
    guard let (a, b) = try? SocketDescriptor.pair() else { return }
    defer { [a, b].forEach { try? $0.close() } }
    try tlsConnect(a, options, timeout: .immediate).closeQuietly()
  }

  private func expectBadConfiguration(_ options: TLSOptions, sourceLocation: SourceLocation = #_sourceLocation) {
    expectBadConfiguration({ try attempt(options) }, sourceLocation: sourceLocation)
  }

  private func expectBadConfiguration(
    _ call: () throws -> Any, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let error = #expect(throws: TLSError.self, sourceLocation: sourceLocation) { _ = try call() }
    if case .badConfiguration? = error { return }
    Issue.record("the error is \(String(describing: error))", sourceLocation: sourceLocation)
  }
}

extension SocketDescriptor {
  fileprivate func closeQuietly() { try? close() }
}
