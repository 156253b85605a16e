/// What a property is called on the wire (MQTT 5.0 2.2.2.2, table 2-4).
public struct PropertyID: RawRepresentable, Sendable, Hashable {
  public let rawValue: UInt8

  public init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  public static let payloadFormatIndicator = PropertyID(rawValue: 0x01)
  public static let messageExpiryInterval = PropertyID(rawValue: 0x02)
  public static let contentType = PropertyID(rawValue: 0x03)
  public static let responseTopic = PropertyID(rawValue: 0x08)
  public static let correlationData = PropertyID(rawValue: 0x09)
  public static let subscriptionIdentifier = PropertyID(rawValue: 0x0B)
  public static let sessionExpiryInterval = PropertyID(rawValue: 0x11)
  public static let assignedClientIdentifier = PropertyID(rawValue: 0x12)
  public static let serverKeepAlive = PropertyID(rawValue: 0x13)
  public static let authenticationMethod = PropertyID(rawValue: 0x15)
  public static let authenticationData = PropertyID(rawValue: 0x16)
  public static let requestProblemInformation = PropertyID(rawValue: 0x17)
  public static let willDelayInterval = PropertyID(rawValue: 0x18)
  public static let requestResponseInformation = PropertyID(rawValue: 0x19)
  public static let responseInformation = PropertyID(rawValue: 0x1A)
  public static let serverReference = PropertyID(rawValue: 0x1C)
  public static let reasonString = PropertyID(rawValue: 0x1F)
  public static let receiveMaximum = PropertyID(rawValue: 0x21)
  public static let topicAliasMaximum = PropertyID(rawValue: 0x22)
  public static let topicAlias = PropertyID(rawValue: 0x23)
  public static let maximumQoS = PropertyID(rawValue: 0x24)
  public static let retainAvailable = PropertyID(rawValue: 0x25)
  public static let userProperty = PropertyID(rawValue: 0x26)
  public static let maximumPacketSize = PropertyID(rawValue: 0x27)
  public static let wildcardSubscriptionAvailable = PropertyID(rawValue: 0x28)
  public static let subscriptionIdentifierAvailable = PropertyID(rawValue: 0x29)
  public static let sharedSubscriptionAvailable = PropertyID(rawValue: 0x2A)
}
