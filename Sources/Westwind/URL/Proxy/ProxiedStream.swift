internal import WestwindSockets

/// A stream to a server that goes through a proxy.
struct ProxiedStream {
  let proxy: ProxyURL
  let context: ConnectContext

  /// Connects to the proxy and has it connect to the server.
  func open(to host: String, port: UInt16, _ sockets: inout SocketStack) throws(WebSocketConnectError) {
    switch proxy.scheme {
    case .http:
      sockets.push(try context.openTCP(host: proxy.host, port: proxy.port, target: proxy.name))
      try HTTPTunnel(proxy: proxy, context: context).open(over: sockets.top, to: hostAndPort(host, port))
    case .https:
      sockets.push(try context.openTCP(host: proxy.host, port: proxy.port, target: proxy.name))
      try context.openTLS(to: proxy.host, context.options.proxyTLS, .proxy, target: proxy.name, &sockets)
      try HTTPTunnel(proxy: proxy, context: context).open(over: sockets.top, to: hostAndPort(host, port))
    case .socks5h:
      let address = SocketAddress.literal(host, port: port)
      try openSOCKS(address.map { .address($0) } ?? .name(host), port: port, &sockets)
    case .socks5:
      let addresses = try context.resolve(host: host, port: port, target: hostAndPort(host, port))
      try openSOCKS(toOneOf: ConnectRace.interleaved(addresses), &sockets)
    }
  }

  /// Asks for each address in turn, on a connection of its own, until the proxy reaches one: it may know a way to one
  /// family only.
  private func openSOCKS(
    toOneOf addresses: [SocketAddress], _ sockets: inout SocketStack
  ) throws(WebSocketConnectError) {
    for (i, address) in addresses.enumerated() {
      var attempt = SocketStack()
      do throws(WebSocketConnectError) {
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
  ) throws(WebSocketConnectError) {
    sockets.push(try context.openTCP(host: proxy.host, port: proxy.port, target: proxy.name))
    try SOCKSTunnel(proxy: proxy, context: context).open(over: sockets.top, to: destination, port: port)
  }
}
