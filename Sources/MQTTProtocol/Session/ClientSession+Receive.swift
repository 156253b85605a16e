extension ClientSession {
  /// What to do with a message that is arriving.
  public enum IncomingPublish: Sendable, Hashable {
    /// Deliver it. Its topic is the packet's, or `withTopic` gives it where that is empty.
    case deliver
    /// It was delivered before ([MQTT-4.3.3-10]): take the payload off the stream, and deliver nothing.
    case duplicate
  }

  /// Takes PUBLISH up to its payload. When the payload too has come whole, call `publishIsWhole`; a connection that ends
  /// before leaves no trace of the message.
  public mutating func receive(_ packet: borrowing PublishPacket) throws(MQTTViolation) -> IncomingPublish {
    try expectConnected(.publish)
    precondition(arriving == nil, "the message before has not been taken whole")
    let entry = AnswerQueue.Entry(identifier: packet.identifier, qos: packet.qos)
    var isDuplicate = false
    switch packet.qos {
    case .atMostOnce: break
    case .atLeastOnce:
      try checkInUse(entry)
      try checkReceiveMaximum()
    case .exactlyOnce:
      try checkInUse(entry)
      isDuplicate = incomingQoS2.contains(packet.identifier)
      if !isDuplicate { try checkReceiveMaximum() }
    }
    try takeAlias(packet)
    arriving = entry
    return isDuplicate ? .duplicate : .deliver
  }

  private mutating func checkInUse(_ entry: AnswerQueue.Entry) throws(MQTTViolation) {
    // [MQTT-4.4.0-1]: in MQTT 5.0 nothing is sent again on the same connection
    guard version == .mqtt311 || !answers.contains(entry) else { throw .packetIdentifierInUse(entry.identifier) }
  }

  private mutating func checkReceiveMaximum() throws(MQTTViolation) {
    let unanswered = answers.countOfQoS1 + newIncomingQoS2.count
    // [MQTT-3.3.4-9]. In a session taken up again brokers send first what they had under way, which may be more: their
    // own maximum, and not this client's, counted then, or their restart has made them forget it.
    guard version == .mqtt311 || isResumed || unanswered < receiveMaximum else {
      throw .receiveMaximumExceeded(receiveMaximum)
    }
  }

  private mutating func takeAlias(_ packet: borrowing PublishPacket) throws(MQTTViolation) {
    let alias = packet.topicAlias
    guard alias != 0 else { return }
    // [MQTT-3.1.2-26], [MQTT-3.1.2-27], [MQTT-3.3.2-11]
    guard alias <= topicAliasMaximum else { throw .topicAliasInvalid(alias) }
    if packet.topic.isEmpty {
      guard !incomingAliases.topic(alias).isEmpty else { throw .topicAliasUnknown(alias) }
    } else {
      guard incomingAliases.set(alias, packet.topic) else {
        throw .aliasedTopicTooLong(packet.topic.count, limit: limits.aliasedTopicLength)
      }
    }
  }

  /// Lends the topic that an alias stands for, on a message that `receive` took with an empty topic. It is empty for an
  /// alias that stands for nothing. (A closure, so that a session inside a class can lend it as well.)
  public func withTopic<Result, Failure: Error>(
    of alias: UInt16, _ body: (Span<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(incomingAliases.topic(alias))
  }

  /// Notes that the payload of the arriving message is whole. From now on the message waits for `acknowledge`, and a
  /// message of QoS 2 is known.
  ///
  /// - Returns: the record to write before the message is delivered; nil at QoS 0 and 1, and for a duplicate.
  public mutating func publishIsWhole() -> StoreRecord? {
    guard let entry = arriving else { return nil }
    arriving = nil
    guard entry.qos != .atMostOnce else { return nil }
    let isKnown = entry.qos == .exactlyOnce && incomingQoS2.contains(entry.identifier)
    // 3.1.1: what came twice before it was answered has one answer
    if !answers.contains(entry) { answers.append(entry) }
    guard entry.qos == .exactlyOnce, !isKnown else { return nil }
    incomingQoS2.insert(entry.identifier)
    newIncomingQoS2.insert(entry.identifier)
    return .incoming(identifier: entry.identifier)
  }

  /// The message that is to be answered next; nil where none waits.
  public var nextAnswer: UInt16? { answers.first?.identifier }

  /// Answers a message: PUBACK at QoS 1, PUBREC at QoS 2, in the order of the messages.
  ///
  /// - Parameters:
  ///   - identifier: the message's.
  ///   - reasonCode: MQTT 5.0 may refuse a message, and say so. A message of QoS 2 that is refused is forgotten.
  /// - Returns: the packet to send, and the record to write before.
  public mutating func acknowledge(
    _ identifier: UInt16, reasonCode: ReasonCode = .success
  ) throws(SessionRefusal) -> (kind: PublishAcknowledgement.Kind, record: StoreRecord?) {
    try require(.connected)
    guard let entry = answers.first, entry.identifier == identifier else {
      throw .answerOutOfOrder(first: answers.first?.identifier)
    }
    let kind = try answer(to: entry, reasonCode)
    answers.removeFirst()
    // 4.3.3: a reason code from 0x80 on ends the exchange
    guard kind == .pubRec, reasonCode.isError, incomingQoS2.remove(identifier) else { return (kind, nil) }
    _ = newIncomingQoS2.remove(identifier)
    return (kind, .incomingDone(identifier: identifier))
  }

  /// Checks that `acknowledge` will answer the arriving message so, once its payload is whole.
  ///
  /// - Returns: the packet that it will be answered with.
  public func checkAnswer(
    _ identifier: UInt16, reasonCode: ReasonCode
  ) throws(SessionRefusal) -> PublishAcknowledgement.Kind {
    try require(.connected)
    guard let arriving, arriving.qos != .atMostOnce, arriving.identifier == identifier, nextAnswer == nil else {
      throw .answerOutOfOrder(first: nextAnswer)
    }
    return try answer(to: arriving, reasonCode)
  }

  private func answer(
    to entry: AnswerQueue.Entry, _ reasonCode: ReasonCode
  ) throws(SessionRefusal) -> PublishAcknowledgement.Kind {
    let kind: PublishAcknowledgement.Kind = entry.qos == .atLeastOnce ? .pubAck : .pubRec
    guard reasonCode == .success || reasonCode.mayStand(in: kind.packetType, under: sendingRules) else {
      throw .reasonCode(reasonCode)
    }
    return kind
  }
}
