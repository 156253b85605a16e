/// The rules of a topic name: what a message is published to (4.7).
public enum TopicName {
  /// - Throws: a name without a character, with a wildcard in it, or that is no UTF-8 string.
  public static func check(_ name: Span<UInt8>) throws(MQTTViolation) {
    // [MQTT-4.7.3-1]
    guard !name.isEmpty else { throw .topicNameEmpty }
    guard !isPlain(name) else { return }
    // [MQTT-3.3.2-1], [MQTT-4.7.3-2]
    try MQTTText.check(name)
    // [MQTT-3.3.2-2], [MQTT-4.7.0-1], in 3.1.1 [MQTT-4.7.1-1]
    guard !hasWildcard(name) else { throw .topicNameWildcard }
  }

  /// A name of ASCII, without wildcard and U+0000: one pass says that most names are right.
  private static func isPlain(_ name: Span<UInt8>) -> Bool {
    var other: UInt8 = 0
    for i in 0..<name.count {
      let byte = name[i]
      other |= byte >= 0x80 || byte == 0 || byte == ASCII.plus || byte == ASCII.numberSign ? 1 : 0
    }
    return other == 0
  }

  static func hasWildcard(_ name: Span<UInt8>) -> Bool {
    name.holds(ASCII.plus) || name.holds(ASCII.numberSign)
  }
}

enum ASCII {
  static let numberSign = UInt8(ascii: "#")
  static let dollar = UInt8(ascii: "$")
  static let plus = UInt8(ascii: "+")
  static let slash = UInt8(ascii: "/")
}
