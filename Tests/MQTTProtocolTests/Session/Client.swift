import MQTTProtocol
import Testing

/// A session with packets made on the way, so that a test is a list of what happens.
final class Client {
  var session: ClientSession
  let version: MQTTVersion

  init(_ version: MQTTVersion = .mqtt5, limits: SessionLimits = SessionLimits(outgoing: 8, incoming: 4)) {
    session = ClientSession(limits: limits)
    self.version = version
  }

  /// What a CONNECT of these tests says: room for four messages, two aliases, and a session of a minute.
  static let usual: [OwnedProperty] = [
    .integer(.receiveMaximum, 4), .integer(.topicAliasMaximum, 2), .integer(.sessionExpiryInterval, 60),
  ]

  func connect(
    clean: Bool = false, keepAlive: UInt16 = 60, properties: [OwnedProperty] = usual, identifier: String = "c",
    at now: UInt64 = 0
  ) throws(SessionRefusal) {
    let encoded = version == .mqtt5 ? properties.encoded : []
    let name = identifier.bytes
    let packet = ConnectPacket(
      version: version, clientIdentifier: name.span, isCleanStart: clean, keepAlive: keepAlive,
      properties: PropertyList(encoded: encoded.span))
    try session.connect(packet, at: now)
  }

  @discardableResult func connAck(
    present: Bool = false, code: UInt8 = 0, properties: [OwnedProperty] = [], at now: UInt64 = 0
  ) throws(MQTTViolation) -> ClientSession.ConnectResult {
    let encoded = properties.encoded
    let packet =
      version == .mqtt5
      ? ConnAckPacket(
        isSessionPresent: present, reasonCode: ReasonCode(rawValue: code),
        properties: PropertyList(encoded: encoded.span))
      : ConnAckPacket(isSessionPresent: present, returnCode: ConnectReturnCode(rawValue: code)!)
    return try session.receive(packet, at: now)
  }

  /// Connects and is taken in.
  func start(clean: Bool = false, present: Bool = false, broker: [OwnedProperty] = [], at now: UInt64 = 0) throws {
    try connect(clean: clean, at: now)
    try connAck(present: present, properties: broker, at: now)
  }

  func end(at now: UInt64 = 0) -> StoreRecord? { session.connectionEnded(at: now) }

  @discardableResult func publish(
    _ qos: QoS, topic: String = "t", retained: Bool = false, alias: UInt16 = 0, payload: Int = 0
  ) throws(SessionRefusal) -> UInt16 {
    let name = topic.bytes
    let properties = alias == 0 ? [] : [OwnedProperty.integer(.topicAlias, UInt32(alias))].encoded
    let packet = PublishPacket(
      topic: name.span, qos: qos, isRetained: retained, properties: PropertyList(encoded: properties.span),
      payloadLength: payload)
    let (identifier, record) = try session.publish(packet)
    if case .publish(identifier, qos, _) = record {} else { #expect(qos == .atMostOnce && record == nil) }
    return identifier
  }

  func alias(_ topic: String) -> ClientSession.AliasUse {
    let name = topic.bytes
    return session.alias(for: name.span)
  }

  @discardableResult func receive(
    _ kind: PublishAcknowledgement.Kind, _ identifier: UInt16, _ code: ReasonCode = .success,
    properties: [OwnedProperty] = []
  ) throws(MQTTViolation) -> ClientSession.AcknowledgementResult {
    let encoded = properties.encoded
    return try session.receive(
      PublishAcknowledgement(
        kind, identifier: identifier, reasonCode: code, properties: PropertyList(encoded: encoded.span)))
  }

  /// A message arrives up to its payload.
  func arrive(
    _ qos: QoS, _ identifier: UInt16 = 0, topic: String = "t", alias: UInt16 = 0, duplicate: Bool = false
  ) throws(MQTTViolation) -> ClientSession.IncomingPublish {
    let name = topic.bytes
    let properties = alias == 0 ? [] : [OwnedProperty.integer(.topicAlias, UInt32(alias))].encoded
    return try session.receive(
      PublishPacket(
        topic: name.span, qos: qos, identifier: identifier, isDuplicate: duplicate,
        properties: PropertyList(encoded: properties.span), payloadLength: 0))
  }

  /// A message arrives, payload and all.
  @discardableResult func take(
    _ qos: QoS, _ identifier: UInt16 = 0, duplicate: Bool = false
  ) throws(MQTTViolation) -> (ClientSession.IncomingPublish, StoreRecord?) {
    let what = try arrive(qos, identifier, duplicate: duplicate)
    return (what, session.publishIsWhole())
  }

  func answer(
    _ identifier: UInt16, _ code: ReasonCode = .success
  ) throws(SessionRefusal) -> (kind: PublishAcknowledgement.Kind, record: StoreRecord?) {
    try session.acknowledge(identifier, reasonCode: code)
  }

  func resends() -> [ClientSession.Resend] {
    var result: [ClientSession.Resend] = []
    while let next = session.nextResend() { result.append(next) }
    return result
  }

  func subscribe(_ filters: [String], identifier: Bool = false) throws(SessionRefusal) -> UInt16 {
    let list = try! written { (out) throws(PacketEncodingError) in
      for filter in filters {
        let bytes = filter.bytes
        try SubscriptionList.append(bytes.span, SubscriptionOptions(), to: &out)
      }
    }
    let properties = identifier ? [OwnedProperty.integer(.subscriptionIdentifier, 1)].encoded : []
    return try session.subscribe(
      SubscribePacket(
        identifier: 0, subscriptions: SubscriptionList(encoded: list.span),
        properties: PropertyList(encoded: properties.span)))
  }

  func unsubscribe(_ filters: [String]) throws(SessionRefusal) -> UInt16 {
    let list = try! written { (out) throws(PacketEncodingError) in
      for filter in filters {
        let bytes = filter.bytes
        try TopicFilterList.append(bytes.span, to: &out)
      }
    }
    return try session.unsubscribe(UnsubscribePacket(identifier: 0, filters: TopicFilterList(encoded: list.span)))
  }

  func receive(
    _ kind: SubscriptionAcknowledgement.Kind, _ identifier: UInt16, _ codes: [UInt8]
  ) throws(MQTTViolation) -> Bool {
    try session.receive(SubscriptionAcknowledgement(kind, identifier: identifier, reasonCodes: codes.span))
  }

  func receiveAuth(_ code: ReasonCode, method: String? = "M") throws(MQTTViolation) -> ClientSession.AuthenticationStep
  {
    let properties = method.map { [OwnedProperty.bytes(.authenticationMethod, $0.bytes)].encoded } ?? []
    return try session.receive(AuthPacket(reasonCode: code, properties: PropertyList(encoded: properties.span)))
  }

  func sendAuth(_ code: ReasonCode, method: String = "M") throws(SessionRefusal) {
    let properties = [OwnedProperty.bytes(.authenticationMethod, method.bytes)].encoded
    try session.authenticate(AuthPacket(reasonCode: code, properties: PropertyList(encoded: properties.span)))
  }
}

// An expectation takes no part of what cannot be copied; these give it the answers.

extension Client {
  var canPublish: Bool { session.canPublish }
  var hasResends: Bool { session.hasResends }
  var nextAnswer: UInt16? { session.nextAnswer }
  var expiryInterval: UInt32 { session.expiryInterval }
  var state: ClientSession.State { session.state }

  func timeLeft(at now: UInt64) -> UInt64? { session.timeLeft(at: now) }
  func timeAction(at now: UInt64) -> KeepAliveTimer.Action { session.timeAction(at: now) }
  func isExpired(at now: UInt64) -> Bool { session.isExpired(at: now) }
  func nextOutstanding(after identifier: UInt16?) -> ClientSession.Resend? {
    session.nextOutstanding(after: identifier)
  }
  func nextResend() -> ClientSession.Resend? { session.nextResend() }
  func abandon(_ identifier: UInt16) -> StoreRecord? { session.abandon(identifier) }
  func publishIsWhole() -> StoreRecord? { session.publishIsWhole() }

  func topic(_ alias: UInt16) -> [UInt8] { session.withTopic(of: alias) { $0.array } }
}
