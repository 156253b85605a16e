import MQTTProtocol
import Testing
import WestwindTestSupport

/// What MQTT 5.0 says of all properties (2.2.2.2, and chapter 3 where it names one), for each of them in each place.
struct PropertyRulesTests {
  /// A place of properties in a packet, and who sent it.
  struct Case: Sendable {
    var id: PropertyID
    var place: PropertyPlace
    var sender: PacketSender

    var definition: PropertyDefinition { PropertyDefinition(id)! }

    var isAllowed: Bool {
      definition.places.contains(place)
        && !(place == .disconnect && id == .sessionExpiryInterval && sender == .broker)
        && !(place == .disconnect && id == .serverReference && sender == .client)
    }

    func violation(_ properties: [UInt8]) -> MQTTViolation? {
      let rules = PacketRules(version: .mqtt5, sender: sender)
      return received([PropertyRulesTests.packet5(place, properties)], under: rules).violation
    }
  }

  static let cases: [Case] = PropertyID.all.flatMap { id in
    (0..<14).flatMap { bit in
      let place = PropertyPlace(rawValue: 1 << bit)
      return senders(of: place).map { Case(id: id, place: place, sender: $0) }
    }
  }

  static func senders(of place: PropertyPlace) -> [PacketSender] {
    switch place {
    case .connect, .will, .subscribe, .unsubscribe: [.client]
    case .connAck, .subAck, .unsubAck: [.broker]
    default: PacketSender.allCases
    }
  }

  /// A packet with properties in one place and nothing wrong besides.
  static func packet5(_ place: PropertyPlace, _ properties: [UInt8]) -> [UInt8] {
    let list = [UInt8(properties.count)] + properties
    return switch place {
    case .connect: MalformedPacketTests.connect5(properties: properties)
    case .will: MalformedPacketTests.connect5(flags: 6, "c".bytes.field + list + "w".bytes.field + [0, 0])
    case .connAck: MalformedPacketTests.connAck5(properties)
    case .publish: MalformedPacketTests.publish5(properties: properties)
    case .pubAck: packet(0x40, [0, 1, 0] + list)
    case .pubRec: packet(0x50, [0, 1, 0] + list)
    case .pubRel: packet(0x62, [0, 1, 0] + list)
    case .pubComp: packet(0x70, [0, 1, 0] + list)
    case .subscribe: MalformedPacketTests.subscribe5("t".bytes.field + [0], properties: properties)
    case .subAck: packet(0x90, [0, 1] + list + [0])
    case .unsubscribe: packet(0xA2, [0, 1] + list + "t".bytes.field)
    case .unsubAck: packet(0xB0, [0, 1] + list + [0])
    case .disconnect: packet(0xE0, [0] + list)
    default: packet(0xF0, [0x18] + list)
    }
  }

  static func property(_ id: PropertyID) -> [UInt8] {
    var random = SeededGenerator(seed: 5)
    return [OwnedProperty.random(id, using: &random)].encoded
  }

  @Test func `every property is refused wherever it has no place`() {
    for one in Self.cases {
      let expected: MQTTViolation? =
        if !one.isAllowed {
          .propertyNotAllowed(one.id)
        } else if one.id == .subscriptionIdentifier, one.place == .publish, one.sender == .client {
          .subscriptionIdentifierFromClient
        } else if one.id == .authenticationData || one.place == .auth && one.id != .authenticationMethod {
          .authenticationMethodMissing
        } else {
          nil
        }
      #expect(one.violation(Self.property(one.id)) == expected, "\(one)")
    }
  }

  @Test func `every property that may stand once is refused when it stands twice`() {
    var count = 0
    for one in Self.cases where one.isAllowed {
      guard one.id != .userProperty, one.id != .subscriptionIdentifier || one.place == .subscribe else { continue }
      let property = Self.property(one.id)
      #expect(one.violation(property + property) == .propertyTwice(one.id), "\(one)")
      count += 1
    }
    #expect(count > 60)
  }

  @Test func `text in every property is refused where it is no UTF-8 string`() {
    let wrong: [([UInt8], MQTTViolation)] = [
      (MalformedPacketTests.noText, .textNotUTF8), (MalformedPacketTests.null, .textHasNull),
    ]
    for one in Self.cases where one.isAllowed {
      for (text, violation) in wrong {
        switch one.definition.kind {
        case .text:
          #expect(one.violation([one.id.rawValue] + text.field) == violation, "\(one)")
        case .textPair:
          #expect(one.violation([one.id.rawValue] + text.field + "v".bytes.field) == violation, "\(one)")
          #expect(one.violation([one.id.rawValue] + "n".bytes.field + text.field) == violation, "\(one)")
        default: continue
        }
      }
    }
  }
}
