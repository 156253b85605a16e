/// How much a session has room for. All of it is allocated once, when the session is made. A number that is set to one that is
/// out of its range counts as the nearest that is in it; `outOfRange` names it.
public struct SessionLimits: Sendable, Hashable {
  /// Packets with an identifier that wait for an answer at a time: PUBLISH of QoS 1 and 2, SUBSCRIBE and UNSUBSCRIBE.
  /// 1 to 65535; identifiers run from 1 to this, but for those that the application chooses. 24 bytes each.
  public var outgoing: Int
  /// Messages of QoS 1 and 2 that may be under way to a broker of 3.1.1, which does not say how many it takes. 1 to
  /// 65535. mosquitto 2.0 takes 20 as it is delivered; of more it loses those of QoS 1, and closes at those of QoS 2.
  public var unannouncedReceiveMaximum: Int
  /// Messages of QoS 1 and 2 that were received and not yet answered to the end, at a time. 1 to 65535; a CONNECT of
  /// MQTT 5.0 must not announce a greater receive maximum. About 14 bytes each. There will be more room where a broker
  /// needs it: in 3.1.1 nothing tells it the limit, and after a reconnect brokers may send more.
  public var incoming: Int
  /// Topic aliases that this client gives at most; a broker may allow fewer. 0 gives none.
  public var outgoingAliases: Int
  /// Topic aliases that the broker may give: CONNECT must not announce more.
  public var incomingAliases: Int
  /// Bytes that a topic behind an alias may have. Longer ones get no alias; a broker that gives them one is
  /// disconnected.
  public var aliasedTopicLength: Int

  public init(
    outgoing: Int = 64, incoming: Int = 64, outgoingAliases: Int = 8, incomingAliases: Int = 8,
    aliasedTopicLength: Int = 256, unannouncedReceiveMaximum: Int = 20
  ) {
    self.outgoing = min(max(outgoing, 1), 0xFFFF)
    self.unannouncedReceiveMaximum = min(max(unannouncedReceiveMaximum, 1), 0xFFFF)
    self.incoming = min(max(incoming, 1), 0xFFFF)
    self.outgoingAliases = min(max(outgoingAliases, 0), 0xFFFF)
    self.incomingAliases = min(max(incomingAliases, 0), 0xFFFF)
    self.aliasedTopicLength = min(max(aliasedTopicLength, 0), 0xFFFF)
  }

  /// The same with each number in its range.
  public var clamped: SessionLimits {
    SessionLimits(
      outgoing: outgoing, incoming: incoming, outgoingAliases: outgoingAliases, incomingAliases: incomingAliases,
      aliasedTopicLength: aliasedTopicLength, unannouncedReceiveMaximum: unannouncedReceiveMaximum)
  }

  /// The first number that is out of its range; nil if all are in it. The maximum is 65535 for each.
  public var outOfRange: (name: StaticString, minimum: Int)? {
    let clamped = clamped
    if outgoing != clamped.outgoing { return ("outgoing", 1) }
    if incoming != clamped.incoming { return ("incoming", 1) }
    if unannouncedReceiveMaximum != clamped.unannouncedReceiveMaximum { return ("unannouncedReceiveMaximum", 1) }
    if outgoingAliases != clamped.outgoingAliases { return ("outgoingAliases", 0) }
    if incomingAliases != clamped.incomingAliases { return ("incomingAliases", 0) }
    if aliasedTopicLength != clamped.aliasedTopicLength { return ("aliasedTopicLength", 0) }
    return nil
  }
}
