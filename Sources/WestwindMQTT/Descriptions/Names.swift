internal import MQTTProtocol
internal import WestwindSockets

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

  /// The specification's words, its number, and what the broker said to it: why, and which server to use.
  func explained(_ properties: MQTTProperties) -> String {
    let said = [PropertyID.reasonString, .serverReference].compactMap { properties.text($0) }.filter { !$0.isEmpty }
    return (["\(words) (\(hex))"] + said.map(\.escaped)).joined(separator: ": ")
  }

  /// The specification's words for the end of a connection.
  private var words: String { self == .normalDisconnection ? "normal disconnection" : name ?? "an unknown reason" }
}
