import Glibc
import WestwindTestSupport

/// Certificates that a test makes with the `openssl` command, in a folder of its own that goes away with this object.
final class Certificates: Sendable {
  private let temporary: TemporaryFolder
  var folder: String { temporary.path }

  /// A root of the name `CN=<name>`, an intermediate authority below it, and the files that `openssl ca` keeps.
  init() throws {
    temporary = try TemporaryFolder("tls")
  }

  deinit {
    remove()
  }

  func remove() {
    temporary.remove()
  }

  func path(_ name: String) -> String { folder + "/" + name }

  func bytes(_ names: String...) throws -> [UInt8] {
    try names.flatMap { try WestwindTestSupport.bytes(ofFile: path($0)) }
  }

  func openssl(_ arguments: String...) throws { try openssl(arguments) }

  func openssl(_ arguments: [String]) throws {
    guard let program = Tool.find("openssl") else { throw TestSupportError("openssl is not installed") }
    // No configuration of the machine's, so that the same is made everywhere.
    let result = try ChildProcess.run(program, arguments, environment: ["OPENSSL_CONF": path("openssl.cnf")])
    guard result.status == .exited(0) else { throw TestSupportError("openssl \(arguments): \(result.errors)") }
  }

  func write(_ text: String, to name: String) throws {
    try temporary.write(text, to: name)
  }
}

extension Certificates {
  /// What makes one certificate differ from another. The defaults make a good one.
  struct Request {
    var subject = "/CN=westwind test"
    var alternatives: String? = "DNS:localhost,IP:127.0.0.1"
    var key = ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    var digest = "sha256"
    /// As `openssl ca` writes it; nil: from an hour ago, for a day.
    var dates: (start: String, end: String)?
    var isAuthority = false
    /// The authority that signs; nil: itself.
    var issuer: String?
    /// Another line of the extensions.
    var extra: String?
  }

  /// Makes `<name>.key` and `<name>.pem`.
  func make(_ name: String, _ request: Request) throws {
    try openssl(["genpkey", "-algorithm"] + request.key + ["-out", path("\(name).key")])
    let issuer = request.issuer ?? name
    var extensions = "[extensions]\n"
    extensions += request.isAuthority ? "basicConstraints=critical,CA:TRUE\n" : "basicConstraints=CA:FALSE\n"
    extensions += "subjectKeyIdentifier=hash\n"
    if let alternatives = request.alternatives { extensions += "subjectAltName=\(alternatives)\n" }
    if let extra = request.extra { extensions += extra + "\n" }
    let configuration = """
      [ca]
      default_ca=this
      [this]
      database=\(path("\(issuer).db"))
      new_certs_dir=\(folder)
      rand_serial=yes
      policy=any
      default_md=\(request.digest)
      unique_subject=no
      default_crl_days=30
      [any]
      commonName=optional
      [req]
      distinguished_name=name
      [name]
      \(extensions)
      """
    let file = "\(name).cnf"
    try write(configuration + "\n", to: file)
    if access(path("\(issuer).db"), F_OK) != 0 { try write("", to: "\(issuer).db") }
    try openssl(
      "req", "-new", "-config", path(file), "-key", path("\(name).key"), "-subj", request.subject, "-out",
      path("\(name).csr"))
    let dates = request.dates ?? (start: Certificates.date(hours: -1), end: Certificates.date(hours: 24))
    let signer =
      request.issuer == nil
      ? ["-selfsign", "-keyfile", path("\(name).key")]
      : ["-cert", path("\(issuer).pem"), "-keyfile", path("\(issuer).key")]
    try openssl(
      ["ca", "-batch", "-notext", "-config", path(file), "-extensions", "extensions", "-in", path("\(name).csr")]
        + ["-out", path("\(name).pem"), "-startdate", dates.start, "-enddate", dates.end] + signer)
  }

  /// Puts a certificate on its authority's list.
  func revoke(_ name: String, by issuer: String) throws {
    try openssl(
      "ca", "-config", path("\(name).cnf"), "-cert", path("\(issuer).pem"), "-keyfile", path("\(issuer).key"),
      "-revoke", path("\(name).pem"))
  }

  /// Makes an authority's list, `<issuer>.crl`.
  func makeRevocationList(of issuer: String, configuredBy name: String) throws {
    try openssl(
      "ca", "-gencrl", "-config", path("\(name).cnf"), "-cert", path("\(issuer).pem"), "-keyfile",
      path("\(issuer).key"), "-out", path("\(issuer).crl"))
  }

  /// A moment as ASN.1 writes it.
  static func date(hours: Int) -> String {
    var moment = time(nil) + hours * 3600
    var parts = tm()
    gmtime_r(&moment, &parts)
    var text = [CChar](repeating: 0, count: 32)
    let count = strftime(&text, text.count, "%Y%m%d%H%M%SZ", &parts)
    return String(decoding: text.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
