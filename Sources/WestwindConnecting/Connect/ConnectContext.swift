internal import SystemPackage
internal import WestwindPlatform
internal import WestwindSockets
internal import WestwindTLS

/// What the stretches of one connecting have in common.
struct ConnectContext {
  let options: ConnectOptions
  let deadline: Deadline
  /// How much of a proxy's response is read.
  let limits: ResponseLimits

  /// Connects to a server, through a proxy where there is one, and speaks TLS to it where there are options for that.
  ///
  /// - Parameter target: what errors of TLS are to name.
  func openStream(
    host: String, port: UInt16, target: String, proxy: ProxyURL?, tls: TLSOptions?
  ) throws(ConnectError) -> SocketStack {
    var sockets = SocketStack()
    if let proxy {
      // What the address's interface is named here is nothing to the proxy.
      try ProxiedStream(proxy: proxy, context: self).open(
        to: SocketAddress.withoutZone(options.address?.numericHost ?? host), port: options.address?.port ?? port,
        &sockets)
    } else if let address = options.address {
      sockets.push(try race([address], target: target))
    } else {
      sockets.push(try openTCP(host: host, port: port, target: hostAndPort(host, port)))
    }
    if let tls { try openTLS(to: host, tls, .tls, target: target, &sockets) }
    return sockets
  }

  /// Connects to a path of the file system, and speaks TLS there to a host if asked.
  func openStream(
    unixPath: String, tlsTo host: String?, _ tls: TLSOptions
  ) throws(ConnectError) -> SocketStack {
    var sockets = SocketStack()
    sockets.push(try openUnix(path: unixPath))
    if let host { try openTLS(to: host, tls, .tls, target: unixPath, &sockets) }
    return sockets
  }

  /// Finds addresses and connects to one of them.
  ///
  /// - Parameter target: what errors are to name.
  func openTCP(host: String, port: UInt16, target: String) throws(ConnectError) -> SocketDescriptor {
    try race(try resolve(host: host, port: port, target: target), target: target)
  }

  private func race(_ addresses: [SocketAddress], target: String) throws(ConnectError) -> SocketDescriptor {
    try ConnectRace.run(
      addresses, from: LocalEnd(address: options.localAddress, interface: options.interface), target: target,
      delay: options.connectAttemptDelay, until: deadline)
  }

  func resolve(host: String, port: UInt16, target: String) throws(ConnectError) -> [SocketAddress] {
    let outcome: TimedResolution
    do throws(ResolutionError) {
      outcome = try SocketAddress.resolve(host: host, port: port, until: deadline)
    } catch {
      throw ConnectError(.resolution, .resolution(error), target: target)
    }
    switch outcome {
    case .found(let addresses): return addresses
    case .noAnswer: throw ConnectError(.resolution, .timedOut, target: target)
    case .noPlace(let limit):
      throw ConnectError(.resolution, .timedOut, target: target, lookUpsBefore: limit)
    }
  }

  /// Speaks TLS over the top of the stack, to a host that has to prove its name.
  func openTLS(
    to host: String, _ options: TLSOptions, _ phase: ConnectError.Phase, target: String,
    _ sockets: inout SocketStack
  ) throws(ConnectError) {
    var options = options
    options.hostName = options.hostName ?? SocketAddress.withoutZone(host)
    do throws(TLSError) {
      sockets.push(try tlsConnect(sockets.top, options, timeout: deadline.timeLeft))
    } catch {
      throw ConnectError(phase, error == .timedOut ? .timedOut : .tls(error), target: target)
    }
  }

  private func openUnix(path: String) throws(ConnectError) -> SocketDescriptor {
    guard let address = SocketAddress.unix(path: path) else { throw .invalidUnixPath(path) }
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
      throw ConnectError(
        .connection, error == .timedOut ? .timedOut : .unreachable, target: path,
        attempts: [ConnectError.Attempt(address: address, error: error)])
    }
  }
}

/// `example.org:80`, `[::1]:80`: what CONNECT asks for, and what errors name.
func hostAndPort(_ host: String, _ port: UInt16) -> String {
  host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
}
