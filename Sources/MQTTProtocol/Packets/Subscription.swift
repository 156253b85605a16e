/// How a topic filter is subscribed to (3.8.3.1). In 3.1.1 only the QoS counts.
public struct SubscriptionOptions: Sendable, Hashable {
  /// Which retained messages come at once.
  public enum RetainHandling: UInt8, Sendable, Hashable, CaseIterable {
    case send = 0
    case sendIfNew = 1
    case doNotSend = 2
  }

  /// The highest QoS at which messages are to come.
  public var maximumQoS: QoS
  /// Messages that this client published do not come back.
  public var noLocal: Bool
  /// RETAIN stays as it was published, and is not cleared in what is passed on.
  public var retainAsPublished: Bool
  public var retainHandling: RetainHandling

  public init(
    maximumQoS: QoS = .exactlyOnce, noLocal: Bool = false, retainAsPublished: Bool = false,
    retainHandling: RetainHandling = .send
  ) {
    self.maximumQoS = maximumQoS
    self.noLocal = noLocal
    self.retainAsPublished = retainAsPublished
    self.retainHandling = retainHandling
  }

  init(_ byte: UInt8, version: MQTTVersion) throws(MQTTViolation) {
    // [MQTT-3.8.3-5], in 3.1.1 [MQTT-3-8.3-4]
    guard byte & (version == .mqtt5 ? 0xC0 : 0xFC) == 0 else { throw .subscriptionOptionsReserved(byte) }
    guard let qos = QoS(rawValue: byte & 3) else { throw .subscriptionQoS3 }
    guard let handling = RetainHandling(rawValue: byte >> 4 & 3) else { throw .retainHandling3 }
    self.init(
      maximumQoS: qos, noLocal: byte & 4 != 0, retainAsPublished: byte & 8 != 0, retainHandling: handling)
  }

  /// The byte on the wire.
  var encoded: UInt8 {
    maximumQoS.rawValue | (noLocal ? 4 : 0) | (retainAsPublished ? 8 : 0) | retainHandling.rawValue << 4
  }
}

/// One entry of SUBSCRIBE.
public struct Subscription: ~Escapable {
  public let filter: TopicFilter
  public let options: SubscriptionOptions

  @_lifetime(copy filter)
  init(filter: consuming TopicFilter, options: SubscriptionOptions) {
    self.filter = filter
    self.options = options
  }
}
