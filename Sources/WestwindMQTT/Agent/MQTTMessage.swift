public import MQTTProtocol

/// A message that came, which owns its bytes.
public struct MQTTMessage: Sendable, Hashable {
  public var topic: String
  public var payload: [UInt8]
  public var qos: QoS
  public var isRetained: Bool
  /// It may have been delivered before (3.3.1.1). At QoS 2 that is so only where this process, or the one before, ended
  /// between the callback's return and the note of it in the store.
  public var isDuplicate: Bool
  /// Of MQTT 5.0.
  public var properties: MQTTProperties
}
