internal import WestwindSockets

/// Asks a SOCKS 5 proxy for a connection (RFC 1928), with user and password where its URL has them (RFC 1929).
struct SOCKSTunnel {
  private let proxy: ProxyURL
  private let exchange: ProxyExchange

  /// - Parameter socket: a connection to the proxy; what is sent on it after `open` reaches the server.
  init(over socket: SocketDescriptor, proxy: ProxyURL, context: ConnectContext) {
    self.proxy = proxy
    exchange = ProxyExchange(socket: socket, proxy: proxy, deadline: context.deadline)
  }

  func open(to destination: SOCKSMessages.Destination, port: UInt16) throws(ConnectError) {
    try logIn()
    try send(SOCKSMessages.connect(to: destination, port: port))
    let reply = try exchange.receive(exactly: 4)
    guard reply[0] == SOCKSMessages.version else { throw exchange.failure(.notSOCKS) }
    guard reply[1] == 0 else { throw exchange.failure(.socks(SOCKSReply(rawValue: reply[1]))) }
    // The address and port that the proxy has at the far side are read off the stream: what follows is the server's.
    switch reply[3] {
    case SOCKSMessages.ipv4: _ = try exchange.receive(exactly: 4 + 2)
    case SOCKSMessages.ipv6: _ = try exchange.receive(exactly: 16 + 2)
    case SOCKSMessages.name:
      _ = try exchange.receive(exactly: Int(try exchange.receive(exactly: 1)[0]) + 2)
    default: throw exchange.failure(.notSOCKS)
    }
  }

  private func logIn() throws(ConnectError) {
    try send(SOCKSMessages.greeting(hasCredentials: proxy.credentials != nil))
    let choice = try exchange.receive(exactly: 2)
    guard choice[0] == SOCKSMessages.version else { throw exchange.failure(.notSOCKS) }
    switch (choice[1], proxy.credentials) {
    case (SOCKSMessages.withoutLogin, _): return
    case (SOCKSMessages.noneAcceptable, _): throw exchange.failure(.noAcceptableMethod)
    case (SOCKSMessages.userAndPassword, let credentials?):
      try send(SOCKSMessages.login(credentials))
      guard try exchange.receive(exactly: 2)[1] == 0 else { throw exchange.failure(.credentialsRefused) }
    default: throw exchange.failure(.notSOCKS)
    }
  }

  private func send(_ bytes: [UInt8]?) throws(ConnectError) {
    guard let bytes else { throw exchange.failure(.tooLongForSOCKS) }
    try exchange.send(bytes)
  }
}
