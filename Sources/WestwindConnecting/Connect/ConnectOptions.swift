internal import WestwindConfiguration
public import WestwindSockets
public import WestwindTLS

/// How a server is reached that is named by host and port, or by a URL: proxy, socket of the file system, TLS. What is asked
/// of the server is said elsewhere: for a WebSocket in `WebSocketRequest`, for MQTT in `MQTTConfiguration`.
public struct ConnectOptions: Sendable {
  /// Through which proxy. Default: `.environment`, or `.none` where `WEBSOCKET_PROXY_FROM_ENVIRONMENT` is off. Not
  /// used over a path of the file system.
  public var proxy: ProxyServer = BuildConfiguration.WEBSOCKET_PROXY_FROM_ENVIRONMENT ? .environment : .none

  /// The path of a socket in the file system to connect to, in place of the URL's host and port; those still say what
  /// stands in `Host` and in the server's certificate. Default: none, or the path that the URL names.
  public var unixPath: String?

  /// The address of this machine to connect from, as `bind` takes it; the kernel chooses a port if it has none (0). Addresses
  /// of the server of another family are not tried: in `ConnectError.attempts` they have `EAFNOSUPPORT`. Not used over a path
  /// of the file system. Default: the kernel chooses.
  public var localAddress: SocketAddress?

  /// The name of the network interface to connect through, whatever the routes say (`SO_BINDTODEVICE`), such as `eth0`. Before
  /// Linux 5.7 that needs `CAP_NET_RAW`. Not used over a path of the file system. Default: as the routes say.
  public var interface: String?

  /// The address to connect to, in place of the URL's host and port; those still say what stands in `Host` and in the
  /// server's certificate. For a program that has looked it up itself.
  package var address: SocketAddress?

  /// How TLS is spoken to the server, if it is: trust roots, client certificate and so on. `hostName` is set to the
  /// server's host where it is nil. Default: the host has to prove its name to the system's trust roots.
  public var tls = TLSOptions()

  /// How TLS is spoken to a proxy whose URL is `https`. `hostName` is set to the proxy's host where it is nil.
  public var proxyTLS = TLSOptions()

  /// How long an address has for itself before the next one is tried beside it (RFC 8305 5). Shorter finds a way
  /// around a dead address sooner and opens more connections for nothing. Default:
  /// `WEBSOCKET_CONNECT_ATTEMPT_DELAY_MS`.
  public var connectAttemptDelay: Duration = .milliseconds(BuildConfiguration.WEBSOCKET_CONNECT_ATTEMPT_DELAY_MS)

  public init() {}
}

extension Timeout {
  /// What connecting may take in all, from the look-up of the name to the end of the last handshake:
  /// `WEBSOCKET_CONNECT_TIMEOUT_MS`.
  public static var connect: Timeout { .milliseconds(BuildConfiguration.WEBSOCKET_CONNECT_TIMEOUT_MS) }
  /// What ending a connection may take in all, such as the closing handshake of a WebSocket:
  /// `WEBSOCKET_CLOSE_TIMEOUT_MS`.
  public static var close: Timeout { .milliseconds(BuildConfiguration.WEBSOCKET_CLOSE_TIMEOUT_MS) }
}
