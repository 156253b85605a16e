internal import HTTPTypes
internal import WebSocketProtocol
internal import WestwindSockets
internal import WestwindTLS

/// The way from a URL to an open WebSocket, over the redirects between them.
struct Journey {
  /// Where it goes now.
  private(set) var url: WebSocketURL
  /// Where it went first: the server that the caller's credentials are meant for.
  private let origin: WebSocketURL
  private let request: WebSocketRequest
  private let options: WebSocketURLOptions
  private let deadline: Deadline
  private var redirects = 0

  init(url: WebSocketURL, request: WebSocketRequest, options: WebSocketURLOptions, deadline: Deadline) {
    self.url = url
    origin = url
    self.request = request
    self.options = options
    self.deadline = deadline
  }

  /// Opens the stream and shakes hands, once.
  func connect() throws(WebSocketError) -> WebSocketConnection {
    var request = try requestForURL()
    // Whatever is wrong with it is told before anything is opened.
    _ = try RequestText(request, key: RandomPool.handshakeKey())
    if let unixPath, SocketAddress.unix(path: unixPath) == nil { throw .invalidArgument(.unixPath(unixPath)) }
    let proxy = try proxy()
    let context = ConnectContext(
      options: options, deadline: deadline, maxHeadSize: request.options.maxResponseHeadSize,
      maxErrorBodySize: request.options.maxErrorBodySize)

    let sockets: SocketStack
    do throws(WebSocketConnectError) {
      if let unixPath {
        sockets = try context.openStream(unixPath: unixPath, tlsTo: url.isSecure ? url.host : nil, tlsOptions)
      } else {
        sockets = try context.openStream(
          host: url.host, port: url.port, target: url.hostField, proxy: proxy, tls: url.isSecure ? tlsOptions : nil)
      }
    } catch {
      throw .connect(error)
    }

    var response: HandshakeResponse?
    let callersOnResponse = request.onResponse
    request.onResponse = {
      response = $0
      callersOnResponse?($0)
    }
    let descriptor = try websocketConnect(sockets.top, request, timeout: deadline.timeLeft)
    // A response has come where the handshake succeeded.
    return try WebSocketConnection(descriptor, url: url, response: response!, over: sockets)
  }

  private var unixPath: String? { options.unixPath ?? url.unixPath }

  private func proxy() throws(WebSocketError) -> ProxyURL? {
    guard unixPath == nil else { return nil }
    return try options.proxy.url { (environment) throws(WebSocketURLError) in try environment.proxy(for: url) }
  }

  /// The caller's request, for this URL.
  private func requestForURL() throws(WebSocketError) -> WebSocketRequest {
    var request = request
    request.host = url.hostField
    request.url = url.resourceName
    guard url.isSameServer(as: origin) else {
      // None of the caller's fields was meant for this server, and any may say who the caller is: `X-API-Key` as well
      // as `Authorization`. A subprotocol is what is to be spoken, wherever that is.
      request.optionalHeaders.removeAll { !Self.isNamed($0, "sec-websocket-protocol") }
      request.optionalHeadersCallback = nil
      return request
    }
    if let credentials = origin.credentials,
      !request.optionalHeaders.contains(where: { Self.isNamed($0, "authorization") })
    {
      request.optionalHeaders.append("Authorization: \(credentials.basic)")
    }
    return request
  }

  /// The caller's way of speaking TLS, for this URL.
  private var tlsOptions: TLSOptions {
    var tls = options.tls
    if !url.isSameServer(as: origin) {
      // Another server learns nothing of who the caller is, and has to prove its own name.
      tls.certificate = nil
      tls.hostName = nil
    }
    return tls
  }

  private static func isNamed(_ line: String, _ name: String) -> Bool {
    line.prefix { $0 != ":" }.lowercased() == name
  }
}

extension Journey {
  /// Turns to where a response redirects.
  ///
  /// - Returns: false where it is no redirect, or none is to be followed.
  mutating func follow(_ failure: HandshakeError) throws(WebSocketError) -> Bool {
    let limit = min(max(0, options.maxRedirects), 5)
    guard limit > 0, let response = failure.response, [301, 302, 303, 307, 308].contains(response.status) else {
      return false
    }
    do throws(RedirectFailure) {
      let next = try Redirect(response, from: url, isUnix: unixPath != nil).url
      guard redirects < limit else { throw .tooMany(limit: limit, location: next.description) }
      url = next
      redirects += 1
      return true
    } catch {
      throw .connect(WebSocketConnectError(.handshake, .redirect(error), target: url.description))
    }
  }
}

extension WebSocketURL {
  /// Scheme, host and port are the same: what is meant for one is for the other.
  func isSameServer(as other: WebSocketURL) -> Bool {
    scheme == other.scheme && host == other.host && port == other.port && unixPath == other.unixPath
  }
}
