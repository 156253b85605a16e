import MQTTProtocol
import Testing

struct PropertyListTests {
  @Test func `properties are copied without one of them`() throws {
    let properties = [
      OwnedProperty.integer(.messageExpiryInterval, 7), .integer(.topicAlias, 2), .integer(.payloadFormatIndicator, 1),
    ].encoded
    let expected = [OwnedProperty.integer(.messageExpiryInterval, 7), .integer(.payloadFormatIndicator, 1)].encoded
    var bytes: [UInt8] = []
    bytes.append(addingCapacity: properties.count) { out in
      PropertyList(encoded: properties.span).append(to: &out, without: .topicAlias)
    }
    #expect(bytes == expected)
  }
}
