import MQTTProtocol
import Testing
import WestwindTestSupport

extension SeededGenerator {
  /// Text without wildcards, of one to `longest` characters of one to four bytes.
  mutating func text(_ longest: Int = 12) -> [UInt8] {
    let alphabet = Array("abcXYZ019/ $-_.ßöéЖ漢字🦆\u{FEFF}")
    let count = Int.random(in: 1...longest, using: &self)
    return Array(String((0..<count).map { _ in alphabet.randomElement(using: &self)! }).utf8)
  }

  mutating func bool() -> Bool { Bool.random(using: &self) }

  mutating func qos() -> QoS { QoS.allCases.randomElement(using: &self)! }

  mutating func identifier() -> UInt16 { UInt16.random(in: 1...UInt16.max, using: &self) }
}

extension String {
  var bytes: [UInt8] { Array(utf8) }
}

extension Span<UInt8> {
  var array: [UInt8] { indices.map { self[$0] } }
}

extension [UInt8] {
  /// The bytes behind their length in two bytes.
  var field: [UInt8] { [UInt8(count >> 8), UInt8(count & 0xFF)] + self }
}

/// What is written into an output with that much room.
func written<E: Error>(
  room: Int = 1 << 18, _ write: (inout OutputSpan<UInt8>) throws(E) -> Void
) throws(E) -> [UInt8] {
  try [UInt8](capacity: room, initializingWith: write)
}

/// A packet by its parts: first byte, and what stands behind the remaining length.
func packet(_ first: UInt8, _ body: [UInt8]) -> [UInt8] {
  var length: [UInt8] = []
  var rest = body.count
  repeat {
    length.append(UInt8(rest & 0x7F) | (rest > 0x7F ? 0x80 : 0))
    rest >>= 7
  } while rest > 0
  return [first] + length + body
}

extension PacketRules {
  static let client5 = PacketRules(version: .mqtt5, sender: .client)
  static let broker5 = PacketRules(version: .mqtt5, sender: .broker)
  static let client3 = PacketRules(version: .mqtt311, sender: .client)
  static let broker3 = PacketRules(version: .mqtt311, sender: .broker)
  static let all = [client5, broker5, client3, broker3]
}
