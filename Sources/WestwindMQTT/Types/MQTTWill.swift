public import MQTTProtocol

/// What the broker is to publish when the connection ends otherwise than by DISCONNECT (3.1.2.5).
public struct MQTTWill: Sendable, Hashable {
  public var topic: String
  /// 65535 bytes at most.
  public var payload: [UInt8]
  public var qos: QoS
  public var isRetained: Bool
  /// MQTT 5.0: the will's own (3.1.3.2), such as `willDelayInterval`.
  public var properties: MQTTProperties

  public init(
    topic: String, payload: [UInt8], qos: QoS = .atMostOnce, isRetained: Bool = false,
    properties: MQTTProperties = MQTTProperties()
  ) {
    self.topic = topic
    self.payload = payload
    self.qos = qos
    self.isRetained = isRetained
    self.properties = properties
  }
}
