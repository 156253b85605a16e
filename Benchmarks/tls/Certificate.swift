import Glibc
import TLSSockets
import TestSupport

/// A certificate for `localhost` that is its own root, made with the `openssl` command.
struct Certificate {
  let server: TLSServerOptions
  let client: TLSOptions

  init() throws {
    var template = Array("/tmp/westwind-tls-XXXXXX".utf8CString)
    guard let path = mkdtemp(&template), let openssl = Tool.find("openssl") else {
      throw TestSupportError("no folder, or no openssl command")
    }
    let folder = String(cString: path)
    defer { _ = try? ChildProcess.run("/bin/rm", ["-rf", folder]) }
    let (chain, key) = (folder + "/chain.pem", folder + "/key.pem")
    let made = try ChildProcess.run(
      openssl,
      [
        "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
        "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", chain,
      ])
    guard made.status == .exited(0) else { throw TestSupportError(made.errors) }
    let bytes = try (Self.read(chain), Self.read(key))
    server = TLSServerOptions(certificate: TLSCertificate(chain: .pem(bytes.0), privateKey: .pem(bytes.1)))
    var client = TLSOptions(hostName: "localhost")
    client.trustRoots = .pem(bytes.0)
    self.client = client
  }

  private static func read(_ path: String) throws -> [UInt8] {
    guard let file = fopen(path, "r") else { throw TestSupportError("cannot read \(path)") }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 65536)
    let count = fread(&bytes, 1, bytes.count, file)
    return Array(bytes.prefix(count))
  }
}
