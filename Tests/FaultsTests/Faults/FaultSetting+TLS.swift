import WestwindSockets
import WestwindTLS
import WestwindTestCertificates
import WestwindTestSupport

extension FaultSetting {
  /// The socket itself, or TLS over it where this setting has that.
  func secured(_ socket: SocketDescriptor, as side: Side) throws(TLSError) -> SocketDescriptor {
    guard transport == .tls else { return socket }
    let certificate: TestCertificate
    do { certificate = try TestCertificate.good.get() } catch { throw .badConfiguration("\(error)") }
    return switch side {
    case .client: try tlsConnect(socket, certificate.client(for: "localhost"), timeout: SessionRun.timeout)
    case .server: try tlsAccept(socket, certificate.server, timeout: SessionRun.timeout)
    }
  }
}
