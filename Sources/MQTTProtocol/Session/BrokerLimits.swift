/// What the broker allows on this connection, as its CONNACK said (3.2.2.3). In 3.1.1 it says nothing, and
/// nothing is limited but what is under way: `SessionLimits.unannouncedReceiveMaximum`.
public struct BrokerLimits: Sendable, Hashable {
  /// Messages of QoS 1 and 2 that may wait for their answers at a time.
  public var receiveMaximum = 0xFFFF
  public var maximumQoS = QoS.exactlyOnce
  public var retainAvailable = true
  /// Bytes of a whole packet; nil is no limit.
  public var maximumPacketSize: Int?
  /// The greatest topic alias; 0 is none.
  public var topicAliasMaximum: UInt16 = 0
  public var wildcardSubscriptionAvailable = true
  public var subscriptionIdentifierAvailable = true
  public var sharedSubscriptionAvailable = true

  init() {}

  init(_ properties: borrowing PropertyList) {
    guard !properties.isEmpty else { return }
    receiveMaximum = Int(properties.integer(.receiveMaximum) ?? 0xFFFF)
    if properties.integer(.maximumQoS) == 0 { maximumQoS = .atMostOnce }
    if properties.integer(.maximumQoS) == 1 { maximumQoS = .atLeastOnce }
    retainAvailable = properties.integer(.retainAvailable) != 0
    if let size = properties.integer(.maximumPacketSize) { maximumPacketSize = Int(clamping: size) }
    topicAliasMaximum = UInt16(truncatingIfNeeded: properties.integer(.topicAliasMaximum) ?? 0)
    wildcardSubscriptionAvailable = properties.integer(.wildcardSubscriptionAvailable) != 0
    subscriptionIdentifierAvailable = properties.integer(.subscriptionIdentifierAvailable) != 0
    sharedSubscriptionAvailable = properties.integer(.sharedSubscriptionAvailable) != 0
  }

  func check(packetLength: Int) throws(SessionRefusal) {
    // [MQTT-3.2.2-15]
    if let maximumPacketSize, packetLength > maximumPacketSize {
      throw .packetTooLarge(size: packetLength, limit: maximumPacketSize)
    }
  }
}
