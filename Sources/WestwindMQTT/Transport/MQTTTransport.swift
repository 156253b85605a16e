public import Westwind
internal import WestwindConfiguration

/// How packets get to the broker: which of the transports, and where to.
///
///     MQTTTransport.tcp(host: "broker.example", port: 1883)
///     MQTTTransport.secureWebSocket(url: "wss://broker.example/mqtt")
///
/// It is a description: each client makes a transport of its own from it, and a new one for each connection.
///
/// Zephyr's `enum mqtt_transport_type`.
public struct MQTTTransport: Sendable {
  private let maker: @Sendable () throws(MQTTError) -> any MQTTTransportOperations

  /// A transport of the caller's own.
  ///
  /// - Parameter make: called on the thread that connects, once for each connection.
  public static func custom(
    _ make: @escaping @Sendable () throws(MQTTError) -> any MQTTTransportOperations
  ) -> MQTTTransport {
    MQTTTransport { () throws(MQTTError) in
      guard BuildConfiguration.MQTT_LIB_CUSTOM_TRANSPORT else {
        throw .notSupported(symbol: "MQTT_LIB_CUSTOM_TRANSPORT")
      }
      return try make()
    }
  }

  private init(_ maker: @escaping @Sendable () throws(MQTTError) -> any MQTTTransportOperations) {
    self.maker = maker
  }

  func make() throws(MQTTError) -> any MQTTTransportOperations { try maker() }
}

extension MQTTTransport {
  /// MQTT over TCP (`MQTT_TRANSPORT_NON_SECURE`).
  ///
  /// - Parameters:
  ///   - host: a name, or an IP address without brackets.
  ///   - port: 1883 is MQTT's.
  ///   - options: proxy, socket of the file system, delay between addresses. The variables of the environment that name
  ///     a proxy are `mqtt_proxy` and `all_proxy`.
  public static func tcp(
    host: String, port: UInt16 = 1883, options: WebSocketURLOptions = WebSocketURLOptions()
  ) -> MQTTTransport {
    MQTTTransport { () throws(MQTTError) in
      StreamTransport(scheme: "mqtt", host: host, port: port, isSecure: false, options: options)
    }
  }

  /// MQTT over TLS (`MQTT_TRANSPORT_SECURE`).
  ///
  /// - Parameters:
  ///   - host: a name, or an IP address without brackets; the certificate has to be of it, unless `options.tls` says
  ///     otherwise.
  ///   - port: 8883 is MQTT's.
  ///   - options: how TLS is spoken, and as for `tcp`.
  public static func tls(
    host: String, port: UInt16 = 8883, options: WebSocketURLOptions = WebSocketURLOptions()
  ) -> MQTTTransport {
    MQTTTransport { () throws(MQTTError) in
      guard BuildConfiguration.MQTT_LIB_TLS else { throw .notSupported(symbol: "MQTT_LIB_TLS") }
      var options = options
      if BuildConfiguration.MQTT_LIB_TLS_USE_ALPN, options.tls.applicationProtocols.isEmpty {
        options.tls.applicationProtocols = ["mqtt"]
      }
      return StreamTransport(scheme: "mqtts", host: host, port: port, isSecure: true, options: options)
    }
  }

  /// MQTT over a WebSocket (`MQTT_TRANSPORT_NON_SECURE_WEBSOCKET`).
  ///
  /// - Parameters:
  ///   - url: `ws://` or `ws+unix://`, with path and query. Brokers listen on `/mqtt` mostly.
  ///   - request: header fields, origin, callbacks, options of the WebSocket. Without `subprotocols` it offers `mqtt`;
  ///     a broker has to choose one of those offered. Compression is off unless `options.compression` is set.
  ///   - options: how the server is reached.
  public static func webSocket(
    url: String, request: @escaping @Sendable () -> WebSocketRequest = { WebSocketRequest() },
    options: WebSocketURLOptions = WebSocketURLOptions()
  ) -> MQTTTransport {
    webSocket(url, schemes: [.ws, .wsUnix], request: request, options: options)
  }

  /// MQTT over a secure WebSocket (`MQTT_TRANSPORT_SECURE_WEBSOCKET`). As `webSocket`, with a `wss://` URL; how TLS is
  /// spoken is in `options.tls`.
  public static func secureWebSocket(
    url: String, request: @escaping @Sendable () -> WebSocketRequest = { WebSocketRequest() },
    options: WebSocketURLOptions = WebSocketURLOptions()
  ) -> MQTTTransport {
    webSocket(url, schemes: [.wss], request: request, options: options)
  }

  private static func webSocket(
    _ text: String, schemes: [WebSocketURL.Scheme], request: @escaping @Sendable () -> WebSocketRequest,
    options: WebSocketURLOptions
  ) -> MQTTTransport {
    MQTTTransport { () throws(MQTTError) in
      guard BuildConfiguration.MQTT_LIB_WEBSOCKET else { throw .notSupported(symbol: "MQTT_LIB_WEBSOCKET") }
      let url: WebSocketURL
      do throws(WebSocketURLError) {
        url = try WebSocketURL(text)
        guard schemes.contains(url.scheme) else { throw .schemeNotSupported(url.scheme.rawValue) }
      } catch {
        throw .invalidArgument(.url(error))
      }
      return WebSocketTransport(url: url, request: request(), options: options)
    }
  }

  /// The transport that a URL names: `mqtt://`, `mqtts://`, `ws://`, `wss://` or `ws+unix://`.
  ///
  /// - Parameters:
  ///   - url: where the broker is. Its user and password go into `MQTTConfiguration`, unless it is a WebSocket's.
  ///   - request: as for `webSocket`; nothing to do with the other two.
  ///   - options: how the server is reached, and how TLS is spoken.
  public init(
    url: MQTTURL, request: @escaping @Sendable () -> WebSocketRequest = { WebSocketRequest() },
    options: WebSocketURLOptions = WebSocketURLOptions()
  ) {
    switch url.location {
    case .server(let host, let port, isSecure: false): self = .tcp(host: host, port: port, options: options)
    case .server(let host, let port, isSecure: true): self = .tls(host: host, port: port, options: options)
    case .webSocket(let text, isSecure: false): self = .webSocket(url: text, request: request, options: options)
    case .webSocket(let text, isSecure: true): self = .secureWebSocket(url: text, request: request, options: options)
    }
  }
}
