internal import WestwindConfiguration
public import WestwindConnecting

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

  init(_ maker: @escaping @Sendable () throws(MQTTError) -> any MQTTTransportOperations) {
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
    host: String, port: UInt16 = 1883, options: ConnectOptions = ConnectOptions()
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
    host: String, port: UInt16 = 8883, options: ConnectOptions = ConnectOptions()
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

  /// The transport that a URL names: `mqtt://`, `mqtts://`, `ws://`, `wss://` or `ws+unix://`.
  ///
  /// - Parameters:
  ///   - url: where the broker is. Its user and password go into `MQTTConfiguration`, unless it is a WebSocket's.
  ///   - options: how the server is reached, and how TLS is spoken.
  public init(url: MQTTURL, options: ConnectOptions = ConnectOptions()) {
    switch url.location {
    case .server(let host, let port, isSecure: false): self = .tcp(host: host, port: port, options: options)
    case .server(let host, let port, isSecure: true): self = .tls(host: host, port: port, options: options)
    case .webSocket(let text, isSecure: false): self = .webSocket(url: text, options: options)
    case .webSocket(let text, isSecure: true): self = .secureWebSocket(url: text, options: options)
    }
  }
}
