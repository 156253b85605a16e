internal import WestwindSockets
internal import WestwindTLS

/// A stream to a server that goes through a proxy.
struct ProxiedStream {
  let proxy: ProxyURL
  let context: ConnectContext

  /// Connects to the proxy and has it connect to the server.
  func open(to host: String, port: UInt16, _ sockets: inout SocketStack) throws(ConnectError) {
    switch proxy.scheme {
    case .http:
      sockets.push(try context.openTCP(host: proxy.host, port: proxy.port, target: proxy.name))
      try openHTTP(to: hostAndPort(host, port), over: sockets.top)
    case .https:
      sockets.push(try context.openTCP(host: proxy.host, port: proxy.port, target: proxy.name))
      try context.openTLS(to: proxy.host, context.options.proxyTLS, .proxy, target: proxy.name, &sockets)
      do throws(ConnectError) {
        try openHTTP(to: hostAndPort(host, port), over: sockets.top)
      } catch {
        // TLS 1.3: the proxy's refusal of this side's certificate comes with the first read.
        guard case .proxy(.connectionLost) = error.cause, let refusal = tlsRefusal(sockets.top) else { throw error }
        throw ConnectError(.proxy, .tls(refusal), target: proxy.name)
      }
    case .socks5h:
      let address = SocketAddress.literal(host, port: port)
      try openSOCKS(address.map { .address($0) } ?? .name(host), port: port, &sockets)
    case .socks5:
      let addresses = try context.resolve(host: host, port: port, target: hostAndPort(host, port))
      try openSOCKS(toOneOf: ConnectRace.interleaved(addresses), &sockets)
    }
  }

  private func openHTTP(to authority: String, over socket: SocketDescriptor) throws(ConnectError) {
    var tunnel = HTTPTunnel(over: socket, proxy: proxy, context: context)
    try tunnel.open(to: authority)
  }

  /// Asks for each address in turn, on a connection of its own, until the proxy reaches one: it may know a way to one
  /// family only.
  private func openSOCKS(
    toOneOf addresses: [SocketAddress], _ sockets: inout SocketStack
  ) throws(ConnectError) {
    for (i, address) in addresses.enumerated() {
      var attempt = SocketStack()
      do throws(ConnectError) {
        try openSOCKS(.address(address), port: address.port ?? 0, &attempt)
        sockets = attempt
        return
      } catch {
        guard case .proxy(.socks) = error.cause, i < addresses.count - 1 else { throw error }
      }
    }
  }

  private func openSOCKS(
    _ destination: SOCKSMessages.Destination, port: UInt16, _ sockets: inout SocketStack
  ) throws(ConnectError) {
    sockets.push(try context.openTCP(host: proxy.host, port: proxy.port, target: proxy.name))
    try SOCKSTunnel(over: sockets.top, proxy: proxy, context: context).open(to: destination, port: port)
  }
}
