internal import MQTTProtocol
internal import WebSocket

extension PacketType {
  /// As the specification writes it.
  var name: String { "\(self)".uppercased() }
}

extension PropertyID {
  /// The specification's words; its number where there is no such property.
  var words: String { name ?? "\(rawValue)" }
}

extension ReasonCode {
  /// `0x87`.
  var hex: String {
    let digits = String(rawValue, radix: 16, uppercase: true)
    return "0x" + (digits.count < 2 ? "0" : "") + digits
  }

  /// The specification's words, its number, and what the broker said to it.
  func explained(_ text: String?) -> String {
    let code = "\(words) (\(hex))"
    guard let text, !text.isEmpty else { return code }
    return "\(code): \(text.escaped)"
  }

  /// The specification's words for the end of a connection.
  private var words: String { self == .normalDisconnection ? "normal disconnection" : name ?? "an unknown reason" }
}
