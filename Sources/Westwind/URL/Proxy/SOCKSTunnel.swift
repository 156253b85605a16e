internal import SystemPackage
internal import WestwindSockets

/// Asks a SOCKS 5 proxy for a connection (RFC 1928), with user and password where its URL has them (RFC 1929).
struct SOCKSTunnel {
  let proxy: ProxyURL
  let context: ConnectContext

  /// - Parameter socket: a connection to the proxy; what is sent on it afterwards reaches the server.
  func open(
    over socket: SocketDescriptor, to destination: SOCKSMessages.Destination, port: UInt16
  ) throws(WebSocketConnectError) {
    try logIn(socket)
    try send(SOCKSMessages.connect(to: destination, port: port), on: socket)
    let reply = try read(4, from: socket)
    guard reply[0] == SOCKSMessages.version else { throw failure(.notSOCKS) }
    guard reply[1] == 0 else { throw failure(.socks(SOCKSReply(rawValue: reply[1]))) }
    // The address and port that the proxy has at the far side are read off the stream: what follows is the server's.
    switch reply[3] {
    case SOCKSMessages.ipv4: _ = try read(4 + 2, from: socket)
    case SOCKSMessages.ipv6: _ = try read(16 + 2, from: socket)
    case SOCKSMessages.name: _ = try read(Int(try read(1, from: socket)[0]) + 2, from: socket)
    default: throw failure(.notSOCKS)
    }
  }

  private func logIn(_ socket: SocketDescriptor) throws(WebSocketConnectError) {
    try send(SOCKSMessages.greeting(hasCredentials: proxy.credentials != nil), on: socket)
    let choice = try read(2, from: socket)
    guard choice[0] == SOCKSMessages.version else { throw failure(.notSOCKS) }
    switch (choice[1], proxy.credentials) {
    case (SOCKSMessages.withoutLogin, _): return
    case (SOCKSMessages.noneAcceptable, _): throw failure(.noAcceptableMethod)
    case (SOCKSMessages.userAndPassword, let credentials?):
      try send(SOCKSMessages.login(credentials), on: socket)
      guard try read(2, from: socket)[1] == 0 else { throw failure(.credentialsRefused) }
    default: throw failure(.notSOCKS)
    }
  }

  private func send(_ bytes: [UInt8]?, on socket: SocketDescriptor) throws(WebSocketConnectError) {
    guard let bytes else { throw failure(.tooLongForSOCKS) }
    do throws(Errno) {
      guard try socket.send(bytes, timeout: context.deadline.timeLeft) == bytes.count else { throw .wouldBlock }
    } catch {
      throw self.error(error)
    }
  }

  /// Reads so many bytes and none behind them.
  private func read(_ count: Int, from socket: SocketDescriptor) throws(WebSocketConnectError) -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < count {
      do throws(Errno) {
        let more = try socket.recv(maxCount: count - bytes.count, timeout: context.deadline.timeLeft)
        guard !more.isEmpty else { throw .socketNotConnected }
        bytes += more
      } catch {
        throw self.error(error)
      }
    }
    return bytes
  }

  private func error(_ error: Errno) -> WebSocketConnectError {
    switch error {
    case .wouldBlock: WebSocketConnectError(.proxy, .timedOut, target: proxy.name)
    case .socketNotConnected: failure(.closed)
    default: failure(.connectionLost(error))
    }
  }

  private func failure(_ failure: ProxyFailure) -> WebSocketConnectError {
    WebSocketConnectError(.proxy, .proxy(failure), target: proxy.name)
  }
}
