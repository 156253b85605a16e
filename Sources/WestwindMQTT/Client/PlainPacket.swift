internal import MQTTProtocol

/// PUBLISH up to its payload, with its topic and without an alias. Its memory is used again for the next one.
struct PlainPacket {
  private var topic: [UInt8] = []
  private var properties: [UInt8] = []
  private(set) var bytes: [UInt8] = []

  mutating func setTopic(_ name: Span<UInt8>) {
    topic.removeAll(keepingCapacity: true)
    topic.append(addingCapacity: name.count) { $0.append(name) }
  }

  /// - Parameter original: the message, perhaps with an alias.
  mutating func encode(
    _ original: PublishPacket, _ identifier: UInt16, under rules: PacketRules
  ) throws(PacketEncodingError) {
    properties.removeAll(keepingCapacity: true)
    properties.append(addingCapacity: original.properties.encoded.count) { out in
      original.properties.append(to: &out, without: .topicAlias)
    }
    bytes.removeAll(keepingCapacity: true)
    let (topic, properties) = (topic, properties)
    // behind both: the fixed header, the topic's and the properties' lengths, the identifier
    try bytes.append(addingCapacity: topic.count + properties.count + 13) { (out) throws(PacketEncodingError) in
      let packet = PublishPacket(
        topic: topic.span, qos: original.qos, identifier: identifier, isRetained: original.isRetained,
        properties: PropertyList(encoded: properties.span), payloadLength: original.payloadLength)
      try packet.encode(into: &out, under: rules)
    }
  }
}
