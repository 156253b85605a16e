internal import MQTTProtocol
internal import WestwindSockets

// What each packet of the broker's means.

extension MQTTClient {
  func take(_ packet: ConnAckPacket) throws(MQTTError) {
    let now = MQTTClient.now
    let result = try checked { (session) throws(MQTTViolation) in try session.receive(packet, at: now) }
    link?.connAckDeadline = nil
    switch result {
    case .refused: break
    case .new(let lost): if lost { try keep(.sessionLost) }
    case .resumed: break
    }
    tell(.connAck(packet, result))
    guard result != .refused else {
      throw fail(
        .connectionRefused(
          packet.reasonCode, version: session.version, properties: MQTTProperties(copying: packet.properties)))
    }
    try resend()
  }

  func take(_ packet: PublishPacket) throws(MQTTError) {
    let verdict = try checked { (session) throws(MQTTViolation) in try session.receive(packet) }
    incoming = IncomingMessage(
      identifier: packet.identifier, remaining: packet.payloadLength, isDuplicate: verdict == .duplicate)
    if verdict == .deliver {
      if packet.topic.isEmpty {
        aliasedTopic.removeAll(keepingCapacity: true)
        session.withTopic(of: packet.topicAlias) { topic in
          aliasedTopic.append(addingCapacity: topic.count) { $0.append(topic) }
        }
        let topic = aliasedTopic
        tell(
          .publish(
            PublishPacket(
              topic: topic.span, qos: packet.qos, identifier: packet.identifier, isRetained: packet.isRetained,
              isDuplicate: packet.isDuplicate, properties: packet.properties, payloadLength: packet.payloadLength)))
      } else {
        tell(.publish(packet))
      }
    }
  }

  func take(_ packet: PublishAcknowledgement) throws(MQTTError) {
    let result = try checked { (session) throws(MQTTViolation) in try session.receive(packet) }
    switch result {
    case .done(let identifier, _, let record):
      try keep(record)
      keepSource(nil, for: identifier)
    case .send(let kind, let identifier, let reasonCode, let record):
      try keep(record)
      keepSource(nil, for: identifier)
      try append(kind, identifier, reasonCode)
    case .sendLater(_, let record): try keep(record)
    case .unknown: break
    }
    switch packet.kind {
    case .pubAck: tell(.pubAck(packet))
    case .pubRec:
      answeredPubRec = packet.identifier
      tell(.pubRec(packet))
      answeredPubRec = 0
    case .pubRel: tell(.pubRel(packet))
    case .pubComp: tell(.pubComp(packet))
    }
    // an answer makes room for what the receive maximum held back
    if outbox.hasResends { try resend() }
  }

  func take(_ packet: SubscriptionAcknowledgement) throws(MQTTError) {
    let isExpected = try checked { (session) throws(MQTTViolation) in try session.receive(packet) }
    guard isExpected else { return }
    switch packet.kind {
    case .subAck: tell(.subAck(packet))
    case .unsubAck: tell(.unsubAck(packet))
    }
  }

  func takePingResponse() throws(MQTTError) {
    try checked { (session) throws(MQTTViolation) in try session.receivePingResponse() }
    tell(.pingResp)
  }

  func take(_ packet: DisconnectPacket) throws(MQTTError) {
    try checked { (session) throws(MQTTViolation) in try session.receive(packet) }
    throw fail(.disconnected(packet.reasonCode, properties: MQTTProperties(copying: packet.properties)))
  }

  func take(_ packet: AuthPacket) throws(MQTTError) {
    let step = try checked { (session) throws(MQTTViolation) in try session.receive(packet) }
    tell(.auth(packet, step))
  }

  /// Writes PUBACK, PUBREC, PUBREL or PUBCOMP to what waits.
  func append(
    _ kind: PublishAcknowledgement.Kind, _ identifier: UInt16, _ reasonCode: ReasonCode,
    _ properties: PropertyList = PropertyList()
  ) throws(MQTTError) {
    let packet = PublishAcknowledgement(kind, identifier: identifier, reasonCode: reasonCode, properties: properties)
    let rules = session.sendingRules
    try append(packet.encodedLength(rules.version)) { (out) throws(PacketEncodingError) in
      try packet.encode(into: &out, under: rules)
    }
    try flushUnlessGathering()
  }
}
