internal import WebSocketProtocol
internal import WestwindConfiguration
package import WestwindSockets

/// A byte stream to a server, found and reached as connecting by URL does it, but without a WebSocket on it. It owns all
/// that is below, and closes it when it goes.
package struct ServerStream: ~Copyable {
  private let sockets: SocketStack

  /// - Parameters:
  ///   - scheme: what the environment's variables for a proxy begin with.
  ///   - isSecure: speak TLS, with `options.tls`.
  /// - Throws: `invalidArgument` for a proxy or a path that cannot be used; `connect`.
  package init(
    scheme: String, host: String, port: UInt16, isSecure: Bool, options: WebSocketURLOptions, until deadline: Deadline
  ) throws(WebSocketError) {
    let context = ConnectContext(
      options: options, deadline: deadline, maxHeadSize: BuildConfiguration.WEBSOCKET_MAX_RESPONSE_HEAD_SIZE,
      maxErrorBodySize: BuildConfiguration.WEBSOCKET_MAX_ERROR_BODY_SIZE)
    if let path = options.unixPath {
      guard SocketAddress.unix(path: path) != nil else { throw .invalidArgument(.unixPath(path)) }
      do throws(WebSocketConnectError) {
        sockets = try context.openStream(unixPath: path, tlsTo: isSecure ? host : nil, options.tls)
      } catch {
        throw .connect(error)
      }
      return
    }
    let proxy = try options.proxy.url { (environment) throws(WebSocketURLError) in
      try environment.proxy(for: host, scheme: scheme)
    }
    do throws(WebSocketConnectError) {
      sockets = try context.openStream(
        host: host, port: port, target: hostAndPort(host, port), proxy: proxy, tls: isSecure ? options.tls : nil)
    } catch {
      throw .connect(error)
    }
  }

  /// What to read, write and poll.
  package var descriptor: SocketDescriptor { sockets.top }
}
