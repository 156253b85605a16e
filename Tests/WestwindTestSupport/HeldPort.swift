import Glibc

/// A TCP port of the loopback address that nobody but the program it is meant for gets, as long as this lives: for
/// programs that want a number, and for those that are to be started again on the same port.
///
/// A socket that is bound and never listens keeps the kernel from giving the number to others that ask for any port, or
/// that connect; with SO_REUSEADDR, which servers set, a program may listen on it all the same.
public final class HeldPort: Sendable {
  public let number: UInt16
  private let socket: CInt

  public init() throws(TestSupportError) {
    (socket, number) = try boundSocket()
  }

  deinit {
    close(socket)
  }
}

/// A TCP port of the loopback address that was free a moment ago.
///
/// For programs that cannot let the kernel choose. Another process may take the
/// port first, so the caller must be ready to try again.
public func freePort() throws(TestSupportError) -> UInt16 {
  let (socket, port) = try boundSocket()
  close(socket)
  return port
}

/// A TCP socket that is bound to a port of the loopback address, with SO_REUSEADDR, and does not listen.
func boundSocket() throws(TestSupportError) -> (socket: CInt, port: UInt16) {
  let socket = Glibc.socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
  guard socket >= 0 else { throw TestSupportError("socket: \(errorText())") }
  var yes: CInt = 1
  setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<CInt>.size))
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
  var length = socklen_t(MemoryLayout<sockaddr_in>.size)
  let status = withUnsafeMutablePointer(to: &address) {
    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      bind(socket, $0, length) == 0 ? getsockname(socket, $0, &length) : -1
    }
  }
  guard status == 0 else {
    let text = errorText()
    close(socket)
    throw TestSupportError("no free port: \(text)")
  }
  return (socket, UInt16(bigEndian: address.sin_port))
}

/// Whether somebody listens on a port of the loopback address.
public func isListening(_ port: UInt16) -> Bool {
  let socket = Glibc.socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
  guard socket >= 0 else { return false }
  defer { close(socket) }
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
  address.sin_port = port.bigEndian
  return withUnsafePointer(to: &address) {
    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
    }
  }
}
