import MQTTProtocol
import SampleSupport

/// Properties as texts.
enum JSONProperties {
  /// A JSON object. User properties are a list of pairs, subscription identifiers a list of numbers, and binary data is
  /// in base64.
  static func object(_ properties: borrowing PropertyList) -> String {
    var members: [String] = []
    var pairs: [String] = []
    var identifiers: [String] = []
    var reader = properties.makeReader()
    while let property = reader.next() {
      switch property {
      case .integer(.subscriptionIdentifier, let value): identifiers.append("\(value)")
      case .integer(let id, let value): members.append("\(jsonString(id.hyphenated ?? "")): \(value)")
      case .bytes(let id, let value):
        let isText = PropertyDefinition(id)?.kind == .text
        members.append("\(jsonString(id.hyphenated ?? "")): \(jsonString(isText ? value.text : base64(value.array)))")
      case .pair(_, let name, let value): pairs.append("[\(jsonString(name.text)), \(jsonString(value.text))]")
      }
    }
    if !identifiers.isEmpty { members.append("\"subscription-identifier\": [\(identifiers.joined(separator: ", "))]") }
    if !pairs.isEmpty { members.append("\"user-property\": [\(pairs.joined(separator: ", "))]") }
    return "{\(members.joined(separator: ", "))}"
  }

  /// For --verbose: nothing where there are none.
  static func note(_ properties: borrowing PropertyList) -> String {
    properties.isEmpty ? "" : ", \(object(properties))"
  }
}

extension Span<UInt8> {
  var array: [UInt8] { bytes.array }

  /// The bytes as text in UTF-8.
  var text: String { String(decoding: array, as: UTF8.self) }
}
