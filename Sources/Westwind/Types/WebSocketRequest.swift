public import SystemPackage
internal import WestwindConfiguration
public import WestwindSockets

/// What `websocketConnect` asks the server for (Zephyr's `struct websocket_request`).
public struct WebSocketRequest {
  /// The value of the `Host` field, with the port where it is not the default of 80 or 443: `example.org:9001`.
  public var host: String

  /// The request's target: path and query, `/chat?room=1`.
  public var url: String

  /// More fields, each a whole line such as `Authorization: Basic ...`; a CR LF at the end may be there or not.
  /// A line with CR, LF or NUL inside is refused before anything is sent. `Sec-WebSocket-Protocol` lines count as
  /// `subprotocols`.
  public var optionalHeaders: [String] = []

  /// Writes more header lines to the socket itself, each with its CR LF, and returns the bytes written. It is called
  /// between the request's `optionalHeaders` and the handshake's own fields; what it throws ends the connect.
  ///
  /// Where it writes `Sec-WebSocket-Protocol`, that is the offer, and `subprotocols` are not sent: there is no second such
  /// line.
  public var optionalHeadersCallback: ((SocketDescriptor) throws(Errno) -> Int)?

  /// The subprotocols to offer, the one liked best first. The server chooses one of them or none. Left aside where
  /// `optionalHeadersCallback` offers some itself.
  public var subprotocols: [String] = []

  /// The value of `Origin`; nil for none.
  public var origin: String?

  /// Called once, when the handshake is done, before the connect returns. Throwing refuses the connection: it is
  /// closed, and the connect throws `refused`.
  public var onConnect: ((WebSocketDescriptor, HandshakeResponse) throws -> Void)?

  /// Called with every response whose head could be read, also a refusing one.
  public var onResponse: ((HandshakeResponse) -> Void)?

  /// How many redirects are followed when connecting by URL; 5 at the most, whatever is asked. Browsers follow none.
  /// Default: `WEBSOCKET_MAX_REDIRECTS`.
  ///
  /// A redirect never leads from `wss` to `ws`, nor to a socket of the file system, or away from one. Another scheme,
  /// host or port than the first URL's is another server: it gets neither the URL's user and password, nor
  /// `optionalHeaders` (but for the subprotocols), nor what `optionalHeadersCallback` writes, is not shown
  /// `tls.certificate`, and has to prove the name in its own URL, whatever `tls.hostName` says. Subprotocols and
  /// `origin` go to every server. `http` and `https` in a `Location` are read as `ws` and `wss`, since the handshake is
  /// HTTP.
  public var maxRedirects = BuildConfiguration.WEBSOCKET_MAX_REDIRECTS

  public var options = WebSocketOptions()

  /// A request for connecting by URL, which sets `host` and `url`.
  public init() {
    self.init(host: "", url: "")
  }

  /// - Parameters:
  ///   - host: the value of `Host`.
  ///   - url: path and query.
  public init(host: String, url: String) {
    self.host = host
    self.url = url
  }
}
