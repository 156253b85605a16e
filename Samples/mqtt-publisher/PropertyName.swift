import MQTTProtocol

extension PropertyID {
  /// What the specification calls it (MQTT 5.0 2.2.2.2), in small letters with hyphens; nil where it is none.
  var name: String? { PropertyID.names[rawValue] }

  /// - Parameter name: `content-type`, say.
  init?(name: String) {
    guard let entry = PropertyID.names.first(where: { $0.value == name }) else { return nil }
    self.init(rawValue: entry.key)
  }

  private static let names: [UInt8: String] = [
    0x01: "payload-format-indicator", 0x02: "message-expiry-interval", 0x03: "content-type", 0x08: "response-topic",
    0x09: "correlation-data", 0x0B: "subscription-identifier", 0x11: "session-expiry-interval",
    0x12: "assigned-client-identifier", 0x13: "server-keep-alive", 0x15: "authentication-method",
    0x16: "authentication-data", 0x17: "request-problem-information", 0x18: "will-delay-interval",
    0x19: "request-response-information", 0x1A: "response-information", 0x1C: "server-reference",
    0x1F: "reason-string", 0x21: "receive-maximum", 0x22: "topic-alias-maximum", 0x23: "topic-alias",
    0x24: "maximum-qos", 0x25: "retain-available", 0x26: "user-property", 0x27: "maximum-packet-size",
    0x28: "wildcard-subscription-available", 0x29: "subscription-identifier-available",
    0x2A: "shared-subscription-available",
  ]
}
