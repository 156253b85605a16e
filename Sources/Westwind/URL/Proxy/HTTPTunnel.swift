internal import SystemPackage
internal import WebSocketProtocol
internal import WestwindSockets

/// Asks an HTTP proxy for a tunnel: CONNECT (RFC 9110 9.3.6).
struct HTTPTunnel {
  let proxy: ProxyURL
  let context: ConnectContext

  /// - Parameters:
  ///   - socket: a connection to the proxy; what is sent on it afterwards reaches the server.
  ///   - authority: the server's host and port.
  func open(over socket: SocketDescriptor, to authority: String) throws(WebSocketConnectError) {
    var outcome: ProxyFailure?
    do throws(WebSocketError) {
      var exchange = try HandshakeExchange(socket: socket, options: WebSocketOptions(), deadline: context.deadline)
      try exchange.send(Array(request(authority).utf8))
      outcome = try answer(&exchange)
    } catch {
      throw WebSocketConnectError(.proxy, HTTPTunnel.cause(of: error), target: proxy.name)
    }
    if let outcome { throw WebSocketConnectError(.proxy, .proxy(outcome), target: proxy.name) }
  }

  private func request(_ authority: String) -> String {
    let authorization = proxy.credentials.map { "Proxy-Authorization: \($0.basic)\r\n" } ?? ""
    return "CONNECT \(authority) HTTP/1.1\r\nHost: \(authority)\r\n\(authorization)\r\n"
  }

  /// - Returns: why there is no tunnel; nil where there is one.
  private func answer(_ exchange: inout HandshakeExchange) throws(WebSocketError) -> ProxyFailure? {
    var left = context.maxHeadSize
    while true {
      let bytes = try exchange.receiveHead(limit: left)
      let head: ResponseHead
      do throws(HandshakeViolation) {
        head = try ResponseHead(bytes)
      } catch {
        return .notHTTP(error)
      }
      switch head.status {
      case 100..<200:
        // Interim ones are passed over (RFC 9110 15.2).
        left -= bytes.count
        if left <= 0 { return .notHTTP(.headTooLarge(limit: context.maxHeadSize)) }
      case 200..<300:
        // No body, whatever the head says (RFC 9110 9.3.6); and a server says nothing before it is asked.
        return exchange.input.count == 0 ? nil : .unexpectedBytes(exchange.input.count)
      default:
        let response = HandshakeResponse(
          head, body: exchange.receiveBody(of: head, limit: context.maxErrorBodySize))
        return head.status == 407 ? .authenticationRequired(response) : .refused(response)
      }
    }
  }

  /// The exchange's own errors, as those of a proxy.
  private static func cause(of error: WebSocketError) -> WebSocketConnectError.Cause {
    guard case .handshake(let failure) = error else { return .proxy(.connectionLost(error.errno)) }
    return switch failure.cause {
    case .timedOut: .timedOut
    case .closed: .proxy(.closed)
    case .connectionLost(let error): .proxy(.connectionLost(error))
    case .text(let violation): .proxy(.notHTTP(violation))
    // Nothing is offered to a proxy, and nothing refused to it.
    case .extensions, .refused: .proxy(.notHTTP(.extensionNotOffered))
    }
  }
}
