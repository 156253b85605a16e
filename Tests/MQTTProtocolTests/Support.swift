import MQTTProtocol
import TestSupport
import Testing

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

/// What a reader makes of a stream: every packet, and the violation that ended it.
struct Received: Equatable {
  struct Found: Equatable {
    var header: FixedHeader
    var body: [UInt8]
    var payload: [UInt8] = []
  }

  var packets: [Found] = []
  /// The stream ended between packets.
  var isAtStart = true
  var violation: MQTTViolation?
}

/// Puts the reader and the packets together as a connection does, over a stream in pieces.
func received(_ pieces: [[UInt8]], under rules: PacketRules, bufferSize: Int = 4096, limit: Int = .max) -> Received {
  var reader = PacketReader(rules: rules, bufferSize: bufferSize, maximumPacketSize: limit)
  var result = Received()
  for piece in pieces {
    var index = 0
    do throws(MQTTViolation) {
      while true {
        if reader.payloadRemaining > 0 {
          let count = min(reader.payloadRemaining, piece.count - index)
          result.packets[result.packets.count - 1].payload += piece[index..<(index + count)]
          reader.takePayload(count)
          index += count
          if reader.payloadRemaining > 0 { break }
        }
        guard let header = try reader.read(piece.span, from: &index) else { break }
        let body = reader.body(in: piece.span)
        result.packets.append(.init(header: header, body: body.array))
        _ = try Packet(header, body: body, under: reader.rules)
      }
    } catch {
      result.violation = error
      return result
    }
  }
  result.isAtStart = reader.isAtStart
  return result
}

extension PacketRules {
  static let client5 = PacketRules(version: .mqtt5, sender: .client)
  static let broker5 = PacketRules(version: .mqtt5, sender: .broker)
  static let client3 = PacketRules(version: .mqtt311, sender: .client)
  static let broker3 = PacketRules(version: .mqtt311, sender: .broker)
  static let all = [client5, broker5, client3, broker3]
}

extension PropertyID {
  static let all: [PropertyID] = (UInt8.min...UInt8.max).map { PropertyID(rawValue: $0) }
    .filter { PropertyDefinition($0) != nil }
}

/// A property that outlives its bytes.
enum OwnedProperty: Equatable {
  case integer(PropertyID, UInt32)
  case bytes(PropertyID, [UInt8])
  case pair([UInt8], [UInt8])

  var id: PropertyID {
    switch self {
    case .integer(let id, _), .bytes(let id, _): id
    case .pair: .userProperty
    }
  }

  func append(to out: inout OutputSpan<UInt8>) throws(PropertyList.AppendError) {
    switch self {
    case .integer(let id, let value): try PropertyList.append(id, value, to: &out)
    case .bytes(let id, let value): try PropertyList.append(id, value.span, to: &out)
    case .pair(let name, let value): try PropertyList.appendUserProperty(name: name.span, value: value.span, to: &out)
    }
  }

  static func random(_ id: PropertyID, using random: inout SeededGenerator) -> OwnedProperty {
    let definition = PropertyDefinition(id)!
    switch definition.kind {
    case .text: return .bytes(id, random.text())
    case .binary: return .bytes(id, random.bytes(Int.random(in: 0...20, using: &random)))
    case .textPair: return .pair(random.text(), random.text())
    default:
      let range = definition.range
      let lowest = id == .topicAlias ? 1 : range.lowerBound
      let small = UInt32.random(in: lowest...min(range.upperBound, 300), using: &random)
      return .integer(id, random.bool() ? small : UInt32.random(in: lowest...range.upperBound, using: &random))
    }
  }
}

extension [OwnedProperty] {
  var encoded: [UInt8] {
    try! written { (out) throws(PropertyList.AppendError) in
      for property in self { try property.append(to: &out) }
    }
  }

  /// Properties as they may stand in that place, from that side, in any order.
  static func random(_ place: PropertyPlace, _ sender: PacketSender, using random: inout SeededGenerator) -> Self {
    var result: [OwnedProperty] = []
    for id in PropertyID.all where PropertyDefinition(id)!.places.contains(place) {
      if place == .disconnect,
        id == .sessionExpiryInterval && sender == .broker || id == .serverReference && sender == .client
      {
        continue
      }
      if place == .publish, id == .subscriptionIdentifier, sender == .client { continue }
      let mayRepeat = id == .userProperty || id == .subscriptionIdentifier && place == .publish
      for _ in 0..<Int.random(in: 0...(mayRepeat ? 3 : 1), using: &random) {
        result.append(.random(id, using: &random))
      }
    }
    // data needs its method
    if !result.contains(where: { $0.id == .authenticationMethod }) {
      result.removeAll { $0.id == .authenticationData }
    }
    return result.shuffled(using: &random)
  }
}

extension PropertyList {
  var owned: [OwnedProperty] {
    var result: [OwnedProperty] = []
    var reader = makeReader()
    while let property = reader.next() {
      switch property {
      case .integer(let id, let value): result.append(.integer(id, value))
      case .bytes(let id, let value): result.append(.bytes(id, value.array))
      case .pair(_, let name, let value): result.append(.pair(name.array, value.array))
      }
    }
    return result
  }
}
