/// The rules of a UTF-8 encoded string (1.5.4, in 3.1.1 1.5.3).
///
/// U+FEFF is a character like any other, wherever it stands: nothing is skipped or stripped ([MQTT-1.5.4-3], in 3.1.1
/// [MQTT-1.5.3-3]). Control characters and noncharacters are discouraged, not forbidden, and are taken.
package enum MQTTText {
  /// - Throws: text that is not UTF-8, or holds U+0000.
  package static func check(_ text: Span<UInt8>) throws(MQTTViolation) {
    // [MQTT-1.5.4-1], in 3.1.1 [MQTT-1.5.3-1]: well-formed, and no surrogates, which UTF-8 does not have either
    do {
      _ = try UTF8Span(validating: text)
    } catch {
      throw .textNotUTF8
    }
    // [MQTT-1.5.4-2], in 3.1.1 [MQTT-1.5.3-2]
    guard !text.holds(0) else { throw .textHasNull }
  }
}

extension Span<UInt8> {
  /// Whether a byte stands anywhere. The loop does not end early, so that it runs by vectors.
  func holds(_ byte: UInt8) -> Bool {
    var found: UInt8 = 0
    for i in 0..<count { found |= self[i] == byte ? 1 : 0 }
    return found != 0
  }

  func isSame(as other: Span<UInt8>) -> Bool {
    guard count == other.count else { return false }
    var difference: UInt8 = 0
    for i in 0..<count { difference |= self[i] ^ other[i] }
    return difference == 0
  }
}
