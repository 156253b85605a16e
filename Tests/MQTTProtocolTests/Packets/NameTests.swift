import MQTTProtocol
import Testing

struct NameTests {
  @Test func `every property has a name of its own`() {
    let known = (0...UInt8.max).map(PropertyID.init(rawValue:)).filter { PropertyDefinition($0) != nil }
    #expect(known.count == 27)
    #expect(Set(known.compactMap(\.name)).count == 27)
  }

  @Test func `every reason code that a packet may have has a name`() {
    let rules = PacketRules(version: .mqtt5, sender: .broker)
    for raw in 0...UInt8.max {
      let code = ReasonCode(rawValue: raw)
      let isKnown = PacketType.allCases.contains { code.mayStand(in: $0, under: rules) }
      #expect(!isKnown || code.name != nil, "\(raw)")
    }
  }
}
