extension ReasonCode {
  /// Whether a packet of this type may carry the code (table 2-6, and the table of each packet in chapter 3).
  ///
  /// - Parameters:
  ///   - type: the packet's.
  ///   - rules: DISCONNECT and AUTH have codes of the client's and codes of the broker's. In 3.1.1 only SUBACK has
  ///     codes of this kind (3.1.1 3.9.3).
  public func mayStand(in type: PacketType, under rules: PacketRules) -> Bool {
    guard rules.version == .mqtt5 else {
      return type == .subAck && (rawValue <= 2 || self == .unspecifiedError)
    }
    switch type {
    case .connAck:  // [MQTT-3.2.2-8]
      switch rawValue {
      case 0x00, 0x80...0x8A, 0x8C, 0x90, 0x95, 0x97, 0x99...0x9D, 0x9F: return true
      default: return false
      }
    case .pubAck, .pubRec:  // [MQTT-3.4.2-1], [MQTT-3.5.2-1]
      switch rawValue {
      case 0x00, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99: return true
      default: return false
      }
    case .pubRel, .pubComp:  // [MQTT-3.6.2-1], [MQTT-3.7.2-1]
      return self == .success || self == .packetIdentifierNotFound
    case .subAck:  // [MQTT-3.9.3-2]
      switch rawValue {
      case 0x00...0x02, 0x80, 0x83, 0x87, 0x8F, 0x91, 0x97, 0x9E, 0xA1, 0xA2: return true
      default: return false
      }
    case .unsubAck:  // [MQTT-3.11.3-2]
      switch rawValue {
      case 0x00, 0x11, 0x80, 0x83, 0x87, 0x8F, 0x91: return true
      default: return false
      }
    case .disconnect:  // [MQTT-3.14.2-1]
      switch rawValue {
      case 0x00, 0x80...0x83, 0x90, 0x93...0x99: return true
      case 0x04: return rules.sender == .client
      case 0x87, 0x89, 0x8B, 0x8D...0x8F, 0x9A...0xA2: return rules.sender == .broker
      default: return false
      }
    case .auth:  // [MQTT-3.15.2-1]
      switch rawValue {
      case 0x00: return rules.sender == .broker
      case 0x18: return true
      case 0x19: return rules.sender == .client
      default: return false
      }
    default: return false
    }
  }
}
