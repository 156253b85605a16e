import MQTTProtocol

extension ReasonCode {
  /// What the specification calls it, and its number.
  var text: String { "\(name ?? "an unknown reason") (0x\(String(rawValue, radix: 16, uppercase: true)))" }
}

extension ConnectReturnCode {
  /// What the specification calls it, and its number.
  var text: String { "\(name) (\(rawValue))" }
}
