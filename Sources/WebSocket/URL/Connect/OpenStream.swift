internal import Glibc
internal import SocketLayer
internal import SystemPackage

/// What the stretches of one connecting have in common.
struct ConnectContext {
  let options: WebSocketURLOptions
  let deadline: Deadline
  /// The most bytes that a proxy's head may have.
  let maxHeadSize: Int
  /// The most bytes of a refusing proxy's body that are kept.
  let maxErrorBodySize: Int

  /// Finds addresses and connects to one of them.
  func openTCP(host: String, port: UInt16) throws(WebSocketConnectError) -> SocketDescriptor {
    let addresses = try resolve(host: host, port: port)
    return try ConnectRace.run(
      addresses, target: hostAndPort(host, port), delay: options.connectAttemptDelay, until: deadline)
  }

  func resolve(host: String, port: UInt16) throws(WebSocketConnectError) -> [SocketAddress] {
    let addresses: [SocketAddress]?
    do throws(ResolutionError) {
      addresses = try SocketAddress.resolve(host: host, port: port, until: deadline)
    } catch {
      throw WebSocketConnectError(.resolution, .resolution(error), target: host)
    }
    guard let addresses else { throw WebSocketConnectError(.resolution, .timedOut, target: host) }
    return addresses
  }

  /// Connects to a path of the file system.
  func openUnix(path: String) throws(WebSocketError) -> SocketDescriptor {
    guard let address = SocketAddress.unix(path: path) else { throw .invalidArgument(.unixPath(path)) }
    do throws(Errno) {
      let socket = try SocketDescriptor.open(.unix)
      do throws(Errno) {
        try socket.connect(to: address, timeout: deadline.timeLeft)
      } catch {
        try? socket.close()
        throw error
      }
      return socket
    } catch {
      throw .connect(
        WebSocketConnectError(
          .connection, error == .timedOut ? .timedOut : .unreachable, target: path,
          attempts: [WebSocketConnectError.Attempt(address: address, error: error)]))
    }
  }
}

/// `example.org:80`, `[::1]:80`: what CONNECT asks for, and what errors name.
func hostAndPort(_ host: String, _ port: UInt16) -> String {
  host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
}
