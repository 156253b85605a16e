import MQTTProtocol

/// What is known of a message before its payload.
struct MessageHead {
  var topic: [UInt8]
  var qos: QoS
  var isRetained: Bool
  var isDuplicate: Bool
  /// A JSON object; nil in 3.1.1 and where there are none.
  var properties: String?

  init(_ packet: borrowing PublishPacket) {
    topic = packet.topic.array
    qos = packet.qos
    isRetained = packet.isRetained
    isDuplicate = packet.isDuplicate
    properties = packet.properties.isEmpty ? nil : JSONProperties.object(packet.properties)
  }
}
