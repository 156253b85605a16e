import Glibc
import TestSupport
import WebSocket

/// A certificate that is its own authority, made with the `openssl` command.
struct TestCertificate: Sendable {
  /// The certificate and its key, in PEM, as bytes and as files. The files go with the process's temporary folder.
  let certificate: [UInt8]
  let key: [UInt8]

  /// For `localhost`, `server.example`, 127.0.0.1 and ::1.
  static let good = Result { try TestCertificate("DNS:localhost,DNS:server.example,IP:127.0.0.1,IP:::1") }
  /// For a name that nobody asks for.
  static let otherName = Result { try TestCertificate("DNS:other.example") }

  init(_ alternatives: String) throws {
    guard let openssl = Tool.find("openssl") else { throw TestSupportError("openssl is not installed") }
    let made = try ChildProcess.run(
      openssl,
      [
        "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "/dev/stdout",
        "-subj", "/CN=westwind test", "-days", "2", "-addext", "subjectAltName=\(alternatives)",
      ])
    guard made.status == .exited(0), let start = made.output.range(of: "-----BEGIN CERTIFICATE") else {
      throw TestSupportError("openssl req: \(made.errors)")
    }
    key = Array(made.output[..<start.lowerBound].utf8)
    certificate = Array(made.output[start.lowerBound...].utf8)
  }

  var server: TLSServerOptions {
    TLSServerOptions(certificate: TLSCertificate(chain: .pem(certificate), privateKey: .pem(key)))
  }

  /// Options of a client that trusts it.
  var client: TLSOptions {
    var options = TLSOptions()
    options.trustRoots = .pem(certificate)
    return options
  }
}

extension String {
  fileprivate func range(of text: String) -> Range<String.Index>? { firstRange(of: text) }
}
