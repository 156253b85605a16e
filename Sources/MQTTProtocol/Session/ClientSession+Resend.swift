extension ClientSession {
  /// A message of a connection before.
  public enum Resend: Sendable, Hashable {
    /// PUBLISH with DUP ([MQTT-3.3.1-1]), unless `resendsAreNew`; with its topic and no alias.
    case publish(identifier: UInt16, qos: QoS)
    /// PUBREL.
    case release(identifier: UInt16)

    public var identifier: UInt16 {
      switch self {
      case .publish(let identifier, _), .release(let identifier): identifier
      }
    }
  }

  /// The next message to send again ([MQTT-4.4.0-1]): each PUBREL in the order of PUBREC, then each PUBLISH in the order
  /// in which it was sent first ([MQTT-4.6.0-1], [MQTT-4.6.0-4]).
  ///
  /// - Returns: nil where there is none, or none that the broker's receive maximum has room for: then call again when an
  ///   answer has come (`hasResends`).
  public mutating func nextResend() -> Resend? {
    guard state == .connected else { return nil }
    let identifier = outgoing.takeNext(window: broker.receiveMaximum)
    return identifier == 0 ? nil : resend(identifier)
  }

  /// Whether messages of a connection before are still to be sent again.
  public var hasResends: Bool {
    mutating get { outgoing.nextRelease != 0 || outgoing.nextPublish != 0 }
  }

  /// The messages that were not answered to the end, one by one: PUBREL, then PUBLISH, each in their order. For a caller
  /// that wants to publish them anew when `receive(ConnAck)` is about to say that they are lost.
  ///
  /// - Parameter identifier: that of the message before; nil begins.
  public func nextOutstanding(after identifier: UInt16?) -> Resend? {
    guard let identifier else {
      return resend(outgoing.releases.first) ?? resend(outgoing.publishes.first)
    }
    guard Int(identifier) < outgoing.slots.count else { return nil }
    let next = outgoing.slots[Int(identifier)].next
    switch outgoing[identifier] {
    case .release: return resend(next) ?? resend(outgoing.publishes.first)
    case .publish: return resend(next)
    default: return nil
    }
  }

  private func resend(_ identifier: UInt16) -> Resend? {
    guard identifier != 0 else { return nil }
    switch outgoing[identifier] {
    case .publish(let qos): return .publish(identifier: identifier, qos: qos)
    case .release: return .release(identifier: identifier)
    default: return nil
    }
  }

  /// Gives a message up that cannot be sent again, say because the broker now takes smaller packets only.
  public mutating func abandon(_ identifier: UInt16) -> StoreRecord? {
    guard resend(identifier) != nil else { return nil }
    outgoing.remove(identifier)
    return .outgoingDone(identifier: identifier)
  }

  /// Gives back what a store remembers, before the first `connect`: the outgoing records by ascending order.
  public mutating func restore(_ record: StoreRecord) throws(SessionRefusal) {
    try require(.idle)
    let fits: Bool
    switch record {
    case .publish(let identifier, let qos, let order):
      fits = qos != .atMostOnce && outgoing.restore(identifier, .publish(qos), order: order)
    case .release(let identifier, let order):
      fits = outgoing.restore(identifier, .release, order: order)
    case .incoming(let identifier):
      fits = identifier != 0 && !incomingQoS2.contains(identifier)
      if fits { incomingQoS2.insert(identifier) }
    case .outgoingDone, .incomingDone, .sessionLost, .sessionDone: fits = false
    }
    guard fits else { throw .recordDoesNotFit }
    hasSession = true
  }
}
