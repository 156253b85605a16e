internal import CWestwindLinux
package import SystemPackage
internal import WestwindPlatform

/// Connecting in two halves, so that several sockets can be on their way at once.
extension SocketDescriptor {
  /// Begins to connect a non-blocking socket.
  ///
  /// - Returns: whether it is connected already; where it is not, it polls writable when the outcome is there.
  /// - Throws: what `connect` says at once, such as `ENETUNREACH`. `EAGAIN` on a path whose listener's queue is full:
  ///   nothing tells when it no longer is, so try again a little later.
  package func startConnect(to address: SocketAddress) throws(Errno) -> Bool {
    switch unsafe address.withPointer({ unsafe result(WestwindPlatform.connect(rawValue, $0, $1)) }) {
    case .success: return true
    // An interrupted connect goes on in the kernel.
    case .failure(.nowInProgress), .failure(.interrupted): return false
    case .failure(let error): throw error
    }
  }

  /// Asks what became of a connect that was begun, once the socket polls writable.
  package func finishConnect() throws(Errno) {
    let code = try getsockopt(level: SOL_SOCKET, name: SO_ERROR)
    if code != 0 { throw Errno(rawValue: code) }
  }

  /// Asks what became of a connect that was begun, whether or not the socket polls writable.
  ///
  /// - Returns: false while it is on its way.
  package func isConnectFinished() throws(Errno) -> Bool {
    // First, since one that failed has no peer either.
    try finishConnect()
    do throws(Errno) {
      _ = try getpeername()
      return true
    } catch {
      guard error == .socketNotConnected else { throw error }
      return false
    }
  }
}
