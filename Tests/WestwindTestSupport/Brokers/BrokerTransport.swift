/// How a client reaches a broker of the tests.
public enum BrokerTransport: String, CaseIterable, Codable, Sendable {
  case tcp
  case tls
  case ws
  case wss

  /// What a URL begins with.
  public var scheme: String {
    switch self {
    case .tcp: "mqtt"
    case .tls: "mqtts"
    case .ws: "ws"
    case .wss: "wss"
    }
  }

  public var isSecure: Bool { self == .tls || self == .wss }
  public var isWebSocket: Bool { self == .ws || self == .wss }

  /// The URL of a listener on the loopback address.
  public func url(port: UInt16) -> String {
    "\(scheme)://127.0.0.1:\(port)" + (isWebSocket ? "/mqtt" : "")
  }
}
