/// Which of the two specifications a connection follows. The raw value is what CONNECT calls the protocol version
/// (MQTT 5.0 3.1.2.2) or the protocol level (MQTT 3.1.1 3.1.2.2).
public enum MQTTVersion: UInt8, Sendable, Hashable, CaseIterable {
  case mqtt311 = 4
  case mqtt5 = 5
}
