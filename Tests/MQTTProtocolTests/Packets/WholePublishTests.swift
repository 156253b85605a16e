import MQTTProtocol
import Testing

struct WholePublishTests {
  @Test(arguments: MQTTVersion.allCases, [0, 1, 127, 128, 70_000])
  func `a packet that is there whole is read with its payload`(version: MQTTVersion, payload: Int) throws {
    let rules = PacketRules(version: version, sender: .client)
    let topic = "a/b".bytes
    let properties = version == .mqtt5 ? [OwnedProperty.integer(.messageExpiryInterval, 7)].encoded : []
    let packet = PublishPacket(
      topic: topic.span, qos: .atLeastOnce, identifier: 3, properties: PropertyList(encoded: properties.span),
      payloadLength: payload)
    var bytes: [UInt8] = []
    try bytes.append(addingCapacity: packet.packetLength(version)) { (out) throws(PacketEncodingError) in
      try packet.encode(into: &out, under: rules)
      out.append(repeating: 9, count: payload)
    }
    let read = try PublishPacket(whole: bytes.span, under: rules)
    #expect(read.identifier == 3)
    #expect(read.payloadLength == payload)
    #expect(read.topic.count == 3)
    let cut = Array(bytes.dropLast())
    #expect(throws: MQTTViolation.truncated) { _ = try PublishPacket(whole: cut.span, under: rules) }
  }
}
