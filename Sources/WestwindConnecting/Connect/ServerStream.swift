internal import WestwindConfiguration
package import WestwindSockets
package import WestwindTLS

/// A byte stream to a server, found and reached by name: over a proxy if there is one, with TLS on it if asked for. The
/// stream owns all descriptors below it, and closes them when it is deallocated.
package struct ServerStream: ~Copyable {
  private let sockets: SocketStack
  /// What errors of TLS name.
  private let target: String
  private let isSecure: Bool

  /// Connects to a server.
  ///
  /// - Parameters:
  ///   - host: a name, or an IP address without brackets; behind one of the link `%` and the interface.
  ///   - port: the server's port.
  ///   - target: what errors of TLS are to name; nil: host and port.
  ///   - isSecure: speak TLS, with `options.tls`.
  ///   - proxyVariables: the variables of the environment that may name a proxy, the one that counts most first.
  ///   - options: how the server is reached.
  ///   - limits: how much of a proxy's response is read.
  ///   - deadline: until when all of it has to be done.
  /// - Throws: why the server was not reached. Nothing is left open.
  package init(
    host: String, port: UInt16, target: String? = nil, isSecure: Bool, proxyVariables: [String],
    options: ConnectOptions, limits: ResponseLimits = ResponseLimits(), until deadline: Deadline
  ) throws(ConnectError) {
    let context = ConnectContext(options: options, deadline: deadline, limits: limits)
    self.target = target ?? hostAndPort(host, port)
    self.isSecure = isSecure
    if let path = options.unixPath {
      sockets = try context.openStream(unixPath: path, tlsTo: isSecure ? host : nil, options.tls)
    } else {
      let proxy = try options.proxy.url(for: host, in: ProxyEnvironment(), variables: proxyVariables)
      do throws(ConnectError) {
        sockets = try context.openStream(
          host: host, port: port, target: self.target, proxy: proxy?.url,
          tls: isSecure ? options.tls : nil)
      } catch {
        var error = error
        if error.phase == .proxy || error.target == proxy?.url.name { error.proxyVariable = proxy?.variable }
        throw error
      }
    }
  }

  /// What to read, write and poll.
  package var descriptor: SocketDescriptor { sockets.top }

  /// What TLS with the server was agreed on, and what its certificate is; nil if there is no TLS.
  package var tls: TLSInfo? { isSecure ? tlsInfo(sockets.top) : nil }

  /// Returns why the server gave up with an alert, when a call on the descriptor has failed that was the first to hear of it:
  /// in TLS 1.3 that is how it refuses a client's certificate.
  ///
  /// - Returns: nil if that is not what is wrong.
  package func refusal() -> ConnectError? {
    guard isSecure, let error = tlsRefusal(sockets.top) else { return nil }
    return ConnectError(.tls, .tls(error), target: target)
  }

  /// The address at the other end of the socket: the proxy's if there is one; nil if the system no longer knows.
  package var peer: SocketAddress? { try? sockets.bottom.getpeername() }
}

/// How much of a proxy's response is read, in bytes.
package struct ResponseLimits: Sendable {
  package var head = BuildConfiguration.WEBSOCKET_MAX_RESPONSE_HEAD_SIZE
  /// What is kept of the body of a refusal.
  package var errorBody = BuildConfiguration.WEBSOCKET_MAX_ERROR_BODY_SIZE

  package init() {}
}
