internal import WestwindConfiguration
public import WestwindSockets
public import WestwindTLS

/// How a WebSocket is reached that is opened by URL. What is asked of the server is in `WebSocketRequest`.
public struct WebSocketURLOptions: Sendable {
  /// Through which proxy. Default: `.environment`, or `.none` where `WEBSOCKET_PROXY_FROM_ENVIRONMENT` is off. Not
  /// used over a path of the file system.
  public var proxy: WebSocketProxy = BuildConfiguration.WEBSOCKET_PROXY_FROM_ENVIRONMENT ? .environment : .none

  /// The path of a socket in the file system to connect to, in place of the URL's host and port; those still say what
  /// stands in `Host` and in the server's certificate. Default: none, or the path of a `ws+unix` URL.
  public var unixPath: String?

  /// The address to connect to, in place of the URL's host and port; those still say what stands in `Host` and in the
  /// server's certificate. For a program that has looked it up itself.
  package var address: SocketAddress?

  /// How TLS is spoken to the server, for `wss`: trust roots, client certificate and so on. `hostName` is set to the
  /// URL's host where it is nil. Default: the host has to prove its name to the system's trust roots.
  public var tls = TLSOptions()

  /// How TLS is spoken to a proxy whose URL is `https`. `hostName` is set to the proxy's host where it is nil.
  public var proxyTLS = TLSOptions()

  /// How long an address has for itself before the next one is tried beside it (RFC 8305 5). Shorter finds a way
  /// around a dead address sooner and opens more connections for nothing. Default:
  /// `WEBSOCKET_CONNECT_ATTEMPT_DELAY_MS`.
  public var connectAttemptDelay: Duration = .milliseconds(BuildConfiguration.WEBSOCKET_CONNECT_ATTEMPT_DELAY_MS)

  /// How many redirects are followed; 5 at the most, whatever is asked. Browsers follow none. Default:
  /// `WEBSOCKET_MAX_REDIRECTS`.
  ///
  /// A redirect never leads from `wss` to `ws`, nor to a socket of the file system, or away from one. Another scheme,
  /// host or port than the first URL's is another server: it gets neither the URL's user and password, nor
  /// `optionalHeaders` (but for the subprotocols), nor what `optionalHeadersCallback` writes, is not shown
  /// `tls.certificate`, and has to prove the name in its own URL, whatever `tls.hostName` says. Subprotocols and
  /// `origin` go to every server. `http` and `https` in a `Location` are read as `ws` and `wss`, since the handshake is
  /// HTTP.
  public var maxRedirects = BuildConfiguration.WEBSOCKET_MAX_REDIRECTS

  public init() {}
}

extension Timeout {
  /// What connecting by URL may take in all, from the look-up of the name to the end of the handshake:
  /// `WEBSOCKET_CONNECT_TIMEOUT_MS`.
  public static var connect: Timeout { .milliseconds(BuildConfiguration.WEBSOCKET_CONNECT_TIMEOUT_MS) }
}
