internal import HTTPTypes
internal import WebSocketProtocol
internal import WestwindConnecting
internal import WestwindSockets
internal import WestwindTLS

/// The way from a URL to an open WebSocket, over the redirects between them.
struct URLConnector {
  /// Where it goes now.
  private(set) var url: WebSocketURL
  /// Where it went first: the server that the caller's credentials are meant for.
  private let origin: WebSocketURL
  private let request: WebSocketRequest
  private let options: ConnectOptions
  private let deadline: Deadline
  private var redirects = 0

  init(url: WebSocketURL, request: WebSocketRequest, options: ConnectOptions, deadline: Deadline) {
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
    try request.options.check()
    _ = try RequestText(request, key: RandomPool.handshakeKey())
    var limits = ResponseLimits()
    limits.head = request.options.maxResponseHeadSize
    limits.errorBody = request.options.maxErrorBodySize

    let stream: ServerStream
    do throws(ConnectError) {
      stream = try ServerStream(
        host: url.connectHost, port: url.port, target: url.hostField, isSecure: url.isSecure,
        proxyVariables: url.proxyVariables, options: optionsForURL, limits: limits, until: deadline)
    } catch {
      throw .connect(error)
    }

    var response: HandshakeResponse?
    let callersOnResponse = request.onResponse
    request.onResponse = {
      response = $0
      callersOnResponse?($0)
    }
    let descriptor: WebSocketDescriptor
    do throws(WebSocketError) {
      descriptor = try websocketConnect(stream.descriptor, request, timeout: deadline.timeLeft)
    } catch {
      guard case .handshake(let failure) = error, case .tls(let refusal) = failure.cause else { throw error }
      throw .connect(ConnectError(.tls, .tls(refusal), target: url.hostField))
    }
    // A response has come where the handshake succeeded.
    return try WebSocketConnection(descriptor, url: url, response: response!, over: stream)
  }

  private var unixPath: String? { options.unixPath ?? url.unixPath }

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

  /// The caller's options, for this URL.
  private var optionsForURL: ConnectOptions {
    var options = options
    options.unixPath = unixPath
    if !url.isSameServer(as: origin) {
      // Another server learns nothing of who the caller is, and has to prove its own name.
      options.tls.certificate = nil
      options.tls.hostName = nil
    }
    return options
  }

  private static func isNamed(_ line: String, _ name: String) -> Bool {
    line.prefix { $0 != ":" }.lowercased() == name
  }
}

extension URLConnector {
  /// Turns to where a response redirects.
  ///
  /// - Returns: false where it is no redirect, or none is to be followed.
  mutating func follow(_ failure: HandshakeError) throws(WebSocketError) -> Bool {
    let limit = min(max(0, request.maxRedirects), 5)
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
      throw .redirect(error, from: url.description)
    }
  }
}

extension WebSocketURL {
  /// The variables of the environment that may name a proxy, as curl reads them: the one that counts most first.
  /// `HTTP_PROXY` is none, since a request can set it in a CGI program.
  var proxyVariables: [String] {
    isSecure
      ? ["wss_proxy", "WSS_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]
      : ["ws_proxy", "WS_PROXY", "http_proxy", "all_proxy", "ALL_PROXY"]
  }

  /// Scheme, host and port are the same: what is meant for one is for the other.
  func isSameServer(as other: WebSocketURL) -> Bool {
    scheme == other.scheme && host == other.host && zone == other.zone && port == other.port
      && unixPath == other.unixPath
  }
}
