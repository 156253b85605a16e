/// What the broker is to publish when the connection ends otherwise than by DISCONNECT (3.1.2.5).
public struct WillMessage: ~Escapable {
  public var topic: Span<UInt8>
  /// 65535 bytes at most.
  public var payload: Span<UInt8>
  public var qos: QoS
  public var isRetained: Bool
  /// MQTT 5.0: the will's own (3.1.3.2).
  public var properties: PropertyList

  @_lifetime(copy topic, copy payload, copy properties)
  public init(
    topic: Span<UInt8>, payload: Span<UInt8>, qos: QoS = .atMostOnce, isRetained: Bool = false,
    properties: PropertyList = PropertyList()
  ) {
    self.topic = topic
    self.payload = payload
    self.qos = qos
    self.isRetained = isRetained
    self.properties = properties
  }

  func check(under rules: PacketRules) throws(MQTTViolation) {
    try properties.check(.will, under: rules)
    // [MQTT-3.1.3-11], in 3.1.1 [MQTT-3.1.3-10]; it is what will be published to, so it is a topic name
    try TopicName.check(topic)
  }

  func encodedLength(_ version: MQTTVersion) -> Int {
    properties.encodedLength(version) + 2 + topic.count + 2 + payload.count
  }
}
