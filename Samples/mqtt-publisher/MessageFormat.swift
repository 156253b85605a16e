import MQTTProtocol
import SampleSupport

/// How a message is printed.
struct MessageFormat {
  let isJSON: Bool
  /// Control characters are written out, so that a message cannot steer the terminal.
  let toTerminal: Bool

  /// Appends a message's line.
  func append(_ head: MessageHead, _ payload: [UInt8], to output: inout [UInt8]) {
    if isJSON {
      output += json(head, payload).utf8
    } else {
      output += shown(head.topic)
      output.append(UInt8(ascii: " "))
      output += shown(payload)
    }
    output.append(UInt8(ascii: "\n"))
  }

  private func shown(_ text: [UInt8]) -> [UInt8] {
    guard toTerminal else { return text }
    var filter = ControlCharacterFilter()
    return filter.filtered(text) + filter.rest()
  }

  private func json(_ head: MessageHead, _ payload: [UInt8]) -> String {
    let text = String(validating: payload, as: UTF8.self)
    return jsonObject([
      "topic": jsonString(String(decoding: head.topic, as: UTF8.self)),
      "qos": "\(head.qos.rawValue)",
      "retain": "\(head.isRetained)",
      "dup": "\(head.isDuplicate)",
      "encoding": jsonString(text == nil ? "base64" : "text"),
      "payload": jsonString(text ?? base64(payload)),
      "properties": head.properties ?? "{}",
    ])
  }
}
