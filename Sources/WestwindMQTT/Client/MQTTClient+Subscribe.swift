public import MQTTProtocol

/// A topic filter to subscribe to, and how.
public struct MQTTSubscription: Sendable, Hashable {
  /// `sensors/+/temperature`, `$share/group/jobs/#`.
  public var filter: String
  public var options: SubscriptionOptions

  public init(_ filter: String, _ options: SubscriptionOptions) {
    self.filter = filter
    self.options = options
  }

  public init(_ filter: String, qos: QoS = .exactlyOnce) {
    self.init(filter, SubscriptionOptions(maximumQoS: qos))
  }
}

extension MQTTClient {
  /// Subscribes to topic filters, in one packet. `subAck` says what came of each.
  ///
  /// - Parameters:
  ///   - subscriptions: at least one.
  ///   - properties: of MQTT 5.0.
  ///   - identifier: one of the application's choice; see `publish`. Left out, the client gives one.
  /// - Returns: the packet identifier that `subAck` will have.
  /// - Throws: as `publish`; nothing is sent again.
  ///
  /// Zephyr's function is `mqtt_subscribe`.
  @discardableResult
  public func subscribe(
    _ subscriptions: [MQTTSubscription], properties: MQTTProperties = MQTTProperties(), identifier: UInt16? = nil
  ) throws(MQTTError) -> UInt16 {
    guard outbox.isOpen else { throw .notConnected }
    var list: [UInt8] = []
    for subscription in subscriptions {
      let filter = Array(subscription.filter.utf8)
      do throws(PacketEncodingError) {
        try list.append(addingCapacity: filter.count + 3) { (out) throws(PacketEncodingError) in
          try SubscriptionList.append(filter.span, subscription.options, to: &out)
        }
      } catch {
        throw .invalidArgument(.packet(error))
      }
    }
    var packet = SubscribePacket(
      identifier: 1, subscriptions: SubscriptionList(encoded: list.span), properties: properties.list)
    let rules = session.sendingRules
    do throws(PacketEncodingError) { _ = try packet.count(under: rules) } catch {
      throw .invalidArgument(.packet(error))
    }
    do throws(SessionRefusal) { packet.identifier = try session.subscribe(packet, as: identifier) } catch {
      throw .refused(error)
    }
    try append(packet.encodedLength(rules.version)) { (out) throws(PacketEncodingError) in
      try packet.encode(into: &out, under: rules)
    }
    try flushUnlessGathering()
    return packet.identifier
  }

  /// Subscribes to one topic filter.
  @discardableResult
  public func subscribe(_ filter: String, qos: QoS = .exactlyOnce) throws(MQTTError) -> UInt16 {
    try subscribe([MQTTSubscription(filter, qos: qos)])
  }

  /// Ends subscriptions, in one packet. `unsubAck` says what came of each.
  ///
  /// - Parameters:
  ///   - filters: the topic filters, as they were subscribed to.
  ///   - properties: of MQTT 5.0.
  ///   - identifier: one of the application's choice; see `publish`. Left out, the client gives one.
  /// - Returns: the packet identifier that `unsubAck` will have.
  ///
  /// Zephyr's function is `mqtt_unsubscribe`.
  @discardableResult
  public func unsubscribe(
    _ filters: [String], properties: MQTTProperties = MQTTProperties(), identifier: UInt16? = nil
  ) throws(MQTTError) -> UInt16 {
    guard outbox.isOpen else { throw .notConnected }
    var list: [UInt8] = []
    for filter in filters {
      let filter = Array(filter.utf8)
      do throws(PacketEncodingError) {
        try list.append(addingCapacity: filter.count + 2) { (out) throws(PacketEncodingError) in
          try TopicFilterList.append(filter.span, to: &out)
        }
      } catch {
        throw .invalidArgument(.packet(error))
      }
    }
    var packet = UnsubscribePacket(
      identifier: 1, filters: TopicFilterList(encoded: list.span), properties: properties.list)
    let rules = session.sendingRules
    do throws(PacketEncodingError) { _ = try packet.count(under: rules) } catch {
      throw .invalidArgument(.packet(error))
    }
    do throws(SessionRefusal) { packet.identifier = try session.unsubscribe(packet, as: identifier) } catch {
      throw .refused(error)
    }
    try append(packet.encodedLength(rules.version)) { (out) throws(PacketEncodingError) in
      try packet.encode(into: &out, under: rules)
    }
    try flushUnlessGathering()
    return packet.identifier
  }
}
