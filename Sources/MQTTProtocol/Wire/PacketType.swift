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
  public var fixedFlags: UInt8? {
    switch self {
    case .publish: nil
    case .pubRel, .subscribe, .unsubscribe: 0b0010
    default: 0
    }
  }

  /// Whether that side may send such a packet (table 2-1).
  public func mayBeSent(under rules: PacketRules) -> Bool {
    switch self {
    case .connect, .subscribe, .unsubscribe, .pingReq: rules.sender == .client
    case .connAck, .subAck, .unsubAck, .pingResp: rules.sender == .broker
    case .publish, .pubAck, .pubRec, .pubRel, .pubComp: true
    case .disconnect: rules.sender == .client || rules.version == .v5_0
    case .auth: rules.version == .v5_0
    }
  }

  /// The remaining lengths that such a packet can have at all, so that a wrong one is refused before its body is waited
  /// for.
  func remainingLengths(under rules: PacketRules) -> ClosedRange<Int> {
    let longest = VariableByteInteger.maximum
    switch (self, rules.version) {
    case (.connect, _): return 12...longest
    case (.connAck, .v3_1_1), (.pubAck, .v3_1_1), (.pubRec, .v3_1_1), (.pubRel, .v3_1_1), (.pubComp, .v3_1_1),
      (.unsubAck, .v3_1_1):
      return 2...2
    case (.connAck, .v5_0): return 3...longest
    case (.pubAck, .v5_0), (.pubRec, .v5_0), (.pubRel, .v5_0), (.pubComp, .v5_0): return 2...longest
    case (.publish, .v3_1_1): return 2...longest
    case (.publish, .v5_0): return 3...longest
    // an empty list is told apart from a body that was cut: it is another error
    case (.subscribe, .v3_1_1), (.unsubscribe, .v3_1_1), (.subAck, .v3_1_1): return 2...longest
    case (.subscribe, .v5_0), (.unsubscribe, .v5_0), (.subAck, .v5_0), (.unsubAck, .v5_0): return 3...longest
    case (.pingReq, _), (.pingResp, _), (.disconnect, .v3_1_1): return 0...0
    case (.disconnect, .v5_0), (.auth, _): return 0...longest
    }
  }
}
