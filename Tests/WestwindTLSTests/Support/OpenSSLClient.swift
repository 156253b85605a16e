import WestwindSockets
import WestwindTLS
import WestwindTestPeer
import WestwindTestSupport

/// `openssl s_client`, connected to a server of ours.
struct OpenSSLClient {
  let process: ChildProcess
  let server: SocketDescriptor
  private let socket: SocketDescriptor

  init(_ arguments: [String], _ options: TLSServerOptions) throws {
    let certificates = try Standard.certificates.get()
    guard let program = Tool.find("openssl") else { throw TestSupportError("openssl is not installed") }
    let listener = try listening()
    defer { try? listener.close() }
    process = try ChildProcess(
      program,
      ["s_client", "-connect", "\(try listener.getsockname())", "-CAfile", certificates.path("root.pem")] + arguments,
      environment: ["OPENSSL_CONF": certificates.path("openssl.cnf")], standardError: .discarded)
    socket = try listener.accept(timeout: .seconds(20))
    do {
      server = try tlsAccept(socket, options, timeout: .seconds(20))
    } catch {
      process.terminate()
      try socket.close()
      throw error
    }
  }

  func end() {
    process.terminate()
    try? server.close()
    try? socket.close()
  }
}
