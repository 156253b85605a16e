import MQTTProtocol

extension ReasonCode {
  /// What the specification calls it (MQTT 5.0 2.4), and its number.
  var text: String {
    let name = names[rawValue] ?? "an unknown reason"
    return "\(name) (0x\(String(rawValue, radix: 16, uppercase: true)))"
  }
}

extension ConnectReturnCode {
  /// What the specification calls it (MQTT 3.1.1 3.2.2.3), and its number.
  var text: String {
    let name =
      switch self {
      case .accepted: "accepted"
      case .unacceptableProtocolVersion: "unacceptable protocol version"
      case .identifierRejected: "identifier rejected"
      case .serverUnavailable: "server unavailable"
      case .badUserNameOrPassword: "bad user name or password"
      case .notAuthorized: "not authorized"
      }
    return "\(name) (\(rawValue))"
  }
}

private let names: [UInt8: String] = [
  0x00: "success", 0x01: "granted QoS 1", 0x02: "granted QoS 2", 0x04: "disconnect with will message",
  0x10: "no matching subscribers", 0x11: "no subscription existed", 0x18: "continue authentication",
  0x19: "re-authenticate", 0x80: "unspecified error", 0x81: "malformed packet", 0x82: "protocol error",
  0x83: "implementation specific error", 0x84: "unsupported protocol version", 0x85: "client identifier not valid",
  0x86: "bad user name or password", 0x87: "not authorized", 0x88: "server unavailable", 0x89: "server busy",
  0x8A: "banned", 0x8B: "server shutting down", 0x8C: "bad authentication method", 0x8D: "keep alive timeout",
  0x8E: "session taken over", 0x8F: "topic filter invalid", 0x90: "topic name invalid",
  0x91: "packet identifier in use", 0x92: "packet identifier not found", 0x93: "receive maximum exceeded",
  0x94: "topic alias invalid", 0x95: "packet too large", 0x96: "message rate too high", 0x97: "quota exceeded",
  0x98: "administrative action", 0x99: "payload format invalid", 0x9A: "retain not supported",
  0x9B: "QoS not supported", 0x9C: "use another server", 0x9D: "server moved",
  0x9E: "shared subscriptions not supported", 0x9F: "connection rate exceeded", 0xA0: "maximum connect time",
  0xA1: "subscription identifiers not supported", 0xA2: "wildcard subscriptions not supported",
]
