import WestwindSockets
import WestwindTestSupport

/// `openssl s_server`, listening on a port of its own.
struct OpenSSLServer {
  let port: UInt16
  let process: ChildProcess

  init(_ arguments: [String], in certificates: Certificates? = nil) throws {
    let certificates = try certificates ?? Standard.certificates.get()
    guard let program = Tool.find("openssl") else { throw TestSupportError("openssl is not installed") }
    // With port 0 the kernel chooses, and the line behind ACCEPT says what.
    process = try ChildProcess(
      program, ["s_server", "-accept", "127.0.0.1:0"] + arguments,
      environment: ["OPENSSL_CONF": certificates.path("openssl.cnf")], standardError: .discarded)
    let line = try process.readLine { $0.hasPrefix("ACCEPT") }
    guard let port = line.split(separator: ":").last.flatMap({ UInt16($0) }) else {
      throw TestSupportError("openssl says \(line)")
    }
    self.port = port
  }

  func connect() throws -> SocketDescriptor {
    let socket = try SocketDescriptor.open(.ipv4)
    try socket.connect(to: .loopback(port: port), timeout: .seconds(10))
    return socket
  }

  func end() { process.terminate() }
}
