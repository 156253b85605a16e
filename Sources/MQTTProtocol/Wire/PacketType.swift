/// The four bits that say what a packet is (2.1.2, in 3.1.1 2.2.1). The value 0 is reserved in both versions, 15 in 3.1.1.
public enum PacketType: UInt8, Sendable, Hashable, CaseIterable {
  case connect = 1
  case connAck = 2
  case publish = 3
  case pubAck = 4
  case pubRec = 5
  case pubRel = 6
  case pubComp = 7
  case subscribe = 8
  case subAck = 9
  case unsubscribe = 10
  case unsubAck = 11
  case pingReq = 12
  case pingResp = 13
  case disconnect = 14
  /// MQTT 5.0 only.
  case auth = 15

  /// The flags that the packet's first byte must carry; nil for PUBLISH, which has flags of its own (2.1.3).
  package var fixedFlags: UInt8? {
    switch self {
    case .publish: nil
    case .pubRel, .subscribe, .unsubscribe: 0b0010
    default: 0
    }
  }

  /// Whether that side may send such a packet (table 2-1).
  package func mayBeSent(under rules: PacketRules) -> Bool {
    switch self {
    case .connect, .subscribe, .unsubscribe, .pingReq: rules.sender == .client
    case .connAck, .subAck, .unsubAck, .pingResp: rules.sender == .broker
    case .publish, .pubAck, .pubRec, .pubRel, .pubComp: true
    case .disconnect: rules.sender == .client || rules.version == .mqtt5
    case .auth: rules.version == .mqtt5
    }
  }

  /// The remaining lengths that such a packet can have at all, so that a wrong one is refused before its body is waited
  /// for.
  func remainingLengths(under rules: PacketRules) -> ClosedRange<Int> {
    let longest = VariableByteInteger.maximum
    switch (self, rules.version) {
    case (.connect, _): return 12...longest
    case (.connAck, .mqtt311), (.pubAck, .mqtt311), (.pubRec, .mqtt311), (.pubRel, .mqtt311), (.pubComp, .mqtt311),
      (.unsubAck, .mqtt311):
      return 2...2
    case (.connAck, .mqtt5): return 3...longest
    case (.pubAck, .mqtt5), (.pubRec, .mqtt5), (.pubRel, .mqtt5), (.pubComp, .mqtt5): return 2...longest
    case (.publish, .mqtt311): return 2...longest
    case (.publish, .mqtt5): return 3...longest
    // an empty list is told apart from a body that was cut: it is another error
    case (.subscribe, .mqtt311), (.unsubscribe, .mqtt311), (.subAck, .mqtt311): return 2...longest
    case (.subscribe, .mqtt5), (.unsubscribe, .mqtt5), (.subAck, .mqtt5), (.unsubAck, .mqtt5): return 3...longest
    case (.pingReq, _), (.pingResp, _), (.disconnect, .mqtt311): return 0...0
    case (.disconnect, .mqtt5), (.auth, _): return 0...longest
    }
  }
}
