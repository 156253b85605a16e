import Glibc
import WestwindTLS

/// The good certificates that most tests use: a root, and a server and a client below it. Made once.
enum Standard {
  static let certificates: Result<Certificates, any Error> = Result {
    let certificates = try Certificates()
    try certificates.write("", to: "openssl.cnf")
    try certificates.make("root", .init(subject: "/CN=root", alternatives: nil, isAuthority: true))
    try certificates.make("server", .init(subject: "/CN=the server", issuer: "root"))
    try certificates.make("client", .init(subject: "/CN=the client", alternatives: nil, issuer: "root"))
    // What is static is not released when the process ends.
    atexit { try? Standard.certificates.get().remove() }
    return certificates
  }

  static func server() throws -> TLSServerOptions {
    let certificates = try certificates.get()
    return TLSServerOptions(
      certificate: TLSCertificate(
        chain: .file(certificates.path("server.pem")), privateKey: .file(certificates.path("server.key"))))
  }

  static func client(_ hostName: String = "localhost") throws -> TLSOptions {
    var options = TLSOptions(hostName: hostName)
    options.trustRoots = .pem(try certificates.get().bytes("root.pem"))
    return options
  }
}
