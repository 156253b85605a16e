import Glibc

/// A certificate that is its own authority, made with the `openssl` command.
public struct TestCertificate: Sendable {
  /// In PEM.
  public let certificate: [UInt8]
  public let key: [UInt8]

  /// For `localhost`, `server.example`, 127.0.0.1 and ::1. Made at first use.
  public static let good = Result { try TestCertificate("DNS:localhost,DNS:server.example,IP:127.0.0.1,IP:::1") }
  /// For a name that nobody asks for.
  public static let otherName = Result { try TestCertificate("DNS:other.example") }

  /// - Parameter alternatives: the names it is for, as OpenSSL's `subjectAltName` has them.
  public init(_ alternatives: String) throws {
    guard let openssl = Tool.find("openssl") else { throw TestSupportError("openssl is not installed") }
    let made = try ChildProcess.run(
      openssl,
      [
        "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "/dev/stdout",
        "-subj", "/CN=westwind test", "-days", "2", "-addext", "subjectAltName=\(alternatives)",
      ])
    guard made.status == .exited(0), let start = made.output.firstRange(of: "-----BEGIN CERTIFICATE") else {
      throw TestSupportError("openssl req: \(made.errors)")
    }
    key = Array(made.output[..<start.lowerBound].utf8)
    certificate = Array(made.output[start.lowerBound...].utf8)
  }
}
