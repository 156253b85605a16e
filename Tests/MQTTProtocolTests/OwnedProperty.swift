import MQTTProtocol
import WestwindTestSupport

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
