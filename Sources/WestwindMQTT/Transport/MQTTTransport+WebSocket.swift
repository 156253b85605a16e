public import Westwind
internal import WestwindConfiguration
public import WestwindConnecting

extension MQTTTransport {
  /// MQTT over a WebSocket (`MQTT_TRANSPORT_NON_SECURE_WEBSOCKET`), which offers the subprotocol `mqtt`.
  ///
  /// - Parameters:
  ///   - url: `ws://` or `ws+unix://`, with path and query. Brokers listen on `/mqtt` mostly.
  ///   - options: how the server is reached.
  public static func webSocket(url: String, options: ConnectOptions = ConnectOptions()) -> MQTTTransport {
    webSocket(url: url, request: { WebSocketRequest() }, options: options)
  }

  /// MQTT over a secure WebSocket (`MQTT_TRANSPORT_SECURE_WEBSOCKET`). As `webSocket`, with a `wss://` URL; how TLS is
  /// spoken is in `options.tls`.
  public static func secureWebSocket(url: String, options: ConnectOptions = ConnectOptions()) -> MQTTTransport {
    secureWebSocket(url: url, request: { WebSocketRequest() }, options: options)
  }

  /// MQTT over a WebSocket, with a request of the caller's, whose type is in the module `Westwind`.
  ///
  /// - Parameters:
  ///   - url: `ws://` or `ws+unix://`, with path and query.
  ///   - request: header fields, origin, callbacks, redirects, options of the WebSocket. Without `subprotocols` it offers
  ///     `mqtt`; a broker has to choose one of those offered. Compression is off unless `options.compression` is set.
  ///     Called once for each connection.
  ///   - options: how the server is reached.
  public static func webSocket(
    url: String, request: @escaping @Sendable () -> WebSocketRequest, options: ConnectOptions = ConnectOptions()
  ) -> MQTTTransport {
    webSocket(url, schemes: [.ws, .wsUnix], request: request, options: options)
  }

  /// MQTT over a secure WebSocket, with a request of the caller's. As `webSocket`, with a `wss://` URL.
  public static func secureWebSocket(
    url: String, request: @escaping @Sendable () -> WebSocketRequest, options: ConnectOptions = ConnectOptions()
  ) -> MQTTTransport {
    webSocket(url, schemes: [.wss], request: request, options: options)
  }

  /// The transport that a URL names, with a request of the caller's if it is a WebSocket.
  public init(
    url: MQTTURL, request: @escaping @Sendable () -> WebSocketRequest, options: ConnectOptions = ConnectOptions()
  ) {
    switch url.location {
    case .server: self.init(url: url, options: options)
    case .webSocket(let text, isSecure: false): self = .webSocket(url: text, request: request, options: options)
    case .webSocket(let text, isSecure: true): self = .secureWebSocket(url: text, request: request, options: options)
    }
  }

  private static func webSocket(
    _ text: String, schemes: [WebSocketURL.Scheme], request: @escaping @Sendable () -> WebSocketRequest,
    options: ConnectOptions
  ) -> MQTTTransport {
    MQTTTransport { () throws(MQTTError) in
      guard BuildConfiguration.MQTT_LIB_WEBSOCKET else { throw .notSupported(symbol: "MQTT_LIB_WEBSOCKET") }
      let url: WebSocketURL
      do throws(ServerURLError) {
        url = try WebSocketURL(text)
        guard schemes.contains(url.scheme) else {
          throw .schemeNotSupported(url.scheme.rawValue, supported: schemes.map(\.rawValue))
        }
      } catch {
        throw .invalidArgument(.url(error))
      }
      return WebSocketTransport(url: url, request: request(), options: options)
    }
  }
}

extension MQTTURL {
  /// The schemes of WebSockets.
  static let webSocketSchemes = WebSocketURL.Scheme.allCases.map(\.rawValue)

  /// Checks the URL of a WebSocket.
  ///
  /// - Returns: whether TLS is spoken.
  static func checkWebSocket(_ text: String) throws(ServerURLError) -> Bool {
    try WebSocketURL(text).isSecure
  }
}
