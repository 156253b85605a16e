public import WestwindConnecting

/// Where a broker is to be found: `mqtt://`, `mqtts://`, `ws://`, `wss://` or `ws+unix://`.
///
///     mqtt://user:word@broker.example:1883
///     wss://broker.example/mqtt
///
/// User and password of `mqtt` and `mqtts` are MQTT's own: `userName` and `password`, for `MQTTConfiguration`. Those of
/// a WebSocket's URL are sent to its server, as Basic authorization.
public struct MQTTURL: Sendable, Hashable {
  enum Location: Sendable, Hashable {
    case server(host: String, port: UInt16, isSecure: Bool)
    case webSocket(String, isSecure: Bool)
  }

  let location: Location
  /// Of `mqtt` and `mqtts`; nil where the URL has none.
  public let userName: String?
  /// Of `mqtt` and `mqtts`; nil where the URL has none.
  public let password: String?

  /// - Throws: what is wrong with it; its `description` says what to write instead.
  public init(_ text: String) throws(ServerURLError) {
    let scheme = ServerURL.scheme(of: text) ?? ""
    if Self.webSocketSchemes.contains(scheme) {
      location = .webSocket(text, isSecure: try Self.checkWebSocket(text))
      userName = nil
      password = nil
    } else {
      let schemes = ["mqtt", "mqtts"]
      if !scheme.isEmpty, !schemes.contains(scheme) {
        throw .schemeNotSupported(scheme, supported: schemes + Self.webSocketSchemes)
      }
      let url = try ServerURL(text, schemes: schemes)
      let isSecure = url.scheme == "mqtts"
      location = .server(host: url.host, port: url.port ?? (isSecure ? 8883 : 1883), isSecure: isSecure)
      userName = url.credentials?.user
      password = (url.credentials?.password).flatMap { $0.isEmpty ? nil : $0 }
    }
  }
}
