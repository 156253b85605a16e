/// What the specification says of a property (MQTT 5.0 2.2.2.2, table 2-4, and the sections of chapter 3 that name it).
public struct PropertyDefinition: Sendable, Hashable {
  /// How a value is written (1.5).
  public enum Kind: Sendable, Hashable {
    case byte
    case twoByteInteger
    case fourByteInteger
    case variableByteInteger
    case text
    case binary
    case textPair
  }

  public let kind: Kind
  public let places: PropertyPlace
  /// The least and the greatest number that may stand; nothing to do with text and binary data.
  public let range: ClosedRange<UInt32>

  private init(_ kind: Kind, _ places: PropertyPlace, _ range: ClosedRange<UInt32>? = nil) {
    self.kind = kind
    self.places = places
    self.range = range ?? Self.range(of: kind)
  }

  private static func range(of kind: Kind) -> ClosedRange<UInt32> {
    switch kind {
    case .byte: 0...1  // each of the bytes is a yes or no, maximum QoS too
    case .twoByteInteger: 0...0xFFFF
    case .variableByteInteger: 1...UInt32(VariableByteInteger.maximum)
    default: 0...UInt32.max
    }
  }

  /// - Returns: nil for an identifier that is no property's.
  public init?(_ id: PropertyID) {
    switch id {
    case .payloadFormatIndicator: self.init(.byte, .message)
    case .messageExpiryInterval: self.init(.fourByteInteger, .message)
    case .contentType: self.init(.text, .message)
    case .responseTopic: self.init(.text, .message)
    case .correlationData: self.init(.binary, .message)
    // 3.3.2.3.8, 3.8.2.1.2: from 1 on
    case .subscriptionIdentifier: self.init(.variableByteInteger, .publishAndSubscribe)
    case .sessionExpiryInterval: self.init(.fourByteInteger, .handshakeAndDisconnect)
    case .assignedClientIdentifier: self.init(.text, .connAck)
    case .serverKeepAlive: self.init(.twoByteInteger, .connAck)
    case .authenticationMethod: self.init(.text, .handshakeAndAuth)
    case .authenticationData: self.init(.binary, .handshakeAndAuth)
    case .requestProblemInformation: self.init(.byte, .connect)
    case .willDelayInterval: self.init(.fourByteInteger, .will)
    case .requestResponseInformation: self.init(.byte, .connect)
    case .responseInformation: self.init(.text, .connAck)
    case .serverReference: self.init(.text, .connAckAndDisconnect)
    case .reasonString: self.init(.text, .answers)
    // 3.1.2.11.3, 3.2.2.3.3: 0 is a protocol error
    case .receiveMaximum: self.init(.twoByteInteger, .handshake, 1...0xFFFF)
    case .topicAliasMaximum: self.init(.twoByteInteger, .handshake)
    // 0 is refused with a reason code of its own: [MQTT-3.3.2-8]
    case .topicAlias: self.init(.twoByteInteger, .publish)
    case .maximumQoS: self.init(.byte, .connAck)
    case .retainAvailable: self.init(.byte, .connAck)
    case .userProperty: self.init(.textPair, .everywhere)
    // 3.1.2.11.4, 3.2.2.3.6: 0 is a protocol error
    case .maximumPacketSize: self.init(.fourByteInteger, .handshake, 1...UInt32.max)
    case .wildcardSubscriptionAvailable: self.init(.byte, .connAck)
    case .subscriptionIdentifierAvailable: self.init(.byte, .connAck)
    case .sharedSubscriptionAvailable: self.init(.byte, .connAck)
    default: return nil
    }
  }

  /// Whether the property may stand more than once: user properties anywhere, and the subscription identifiers of a
  /// PUBLISH that several subscriptions matched (3.3.2.3.8).
  func mayRepeat(_ id: PropertyID, in place: PropertyPlace) -> Bool {
    kind == .textPair || id == .subscriptionIdentifier && place == .publish
  }
}
