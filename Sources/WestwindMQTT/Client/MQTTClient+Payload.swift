public import MQTTProtocol
public import WestwindSockets

extension MQTTClient {
  /// Bytes of the delivered message's payload that were not read yet.
  public var payloadRemaining: Int {
    guard let incoming, !incoming.isDuplicate else { return 0 }
    return incoming.remaining
  }

  /// Reads of the payload of the message that was delivered last, appending to `output`. It may be called in the callback
  /// and after it, as often as the payload's pieces want. With its last byte the message has been received, and with
  /// automatic acknowledgements it is answered, once the callback has returned.
  ///
  /// - Parameters:
  ///   - output: where to put the bytes; it must have room for one at least.
  ///   - timeout: how long to wait for the first.
  /// - Returns: the bytes appended; 0 where none is left.
  /// - Throws: `transport(.wouldBlock)` where nothing came in time: nothing is lost, call again. Otherwise the connection
  ///   is over, and the message, if of QoS 1 or 2, comes again.
  ///
  /// Zephyr's functions are `mqtt_read_publish_payload` and `mqtt_read_publish_payload_blocking`.
  public func readPublishPayload(
    into output: inout OutputRawSpan, timeout: Timeout = .immediate
  ) throws(MQTTError) -> Int {
    guard payloadRemaining > 0, !output.isFull else { return 0 }
    let count = try readPayload(into: &output, timeout: timeout)
    incoming!.remaining -= count
    guard incoming!.remaining == 0, !isInside else { return count }
    // With its last byte the message has been received, and at QoS 2 does not come again: so these bytes are given back
    // even where the answer cannot be sent. The event `disconnect` tells that.
    do throws(MQTTError) {
      try gather { () throws(MQTTError) in
        try withReader { (reader) throws(MQTTError) in try finishMessage(&reader) }
      }
      try endOfCall()
    } catch {
      return count
    }
    return count
  }

  /// Reads the whole payload, or what is left of it, into a new array.
  ///
  /// - Parameters:
  ///   - maximum: bytes that may be left of it; a longer one is skipped, and nil is returned.
  ///   - timeout: how long it may take in all.
  /// - Throws: `transport(.wouldBlock)` at the timeout: nothing is lost, call again.
  public func readPublishPayload(maximum: Int, timeout: Timeout = .forever) throws(MQTTError) -> [UInt8]? {
    let length = payloadRemaining
    guard length <= maximum else {
      try skipPublishPayload()
      return nil
    }
    let deadline = Deadline(timeout)
    var payload: [UInt8] = []
    swap(&payload, &payloadSoFar)
    do throws(MQTTError) {
      try payload.append(addingCapacity: length) { (out) throws(MQTTError) in
        try out.appendBytes { (room) throws(MQTTError) in
          while payloadRemaining > 0 {
            _ = try readPublishPayload(into: &room, timeout: deadline.timeLeft)
            // A broker that sends all the time does not make this outlast its time.
            if payloadRemaining > 0, deadline != .immediate, deadline.hasPassed { throw .transport(.wouldBlock) }
          }
        }
      }
    } catch {
      payloadSoFar = payload
      throw error
    }
    return payload
  }

  /// Lets the rest of the payload go by; the message counts as received.
  public func skipPublishPayload() throws(MQTTError) {
    guard payloadRemaining > 0 else { return }
    incoming!.isDuplicate = true
    isSkipping = true
    guard !isInside else { return }
    try input()
  }

  private func readPayload(into output: inout OutputRawSpan, timeout: Timeout) throws(MQTTError) -> Int {
    let remaining = incoming!.remaining
    let buffered = min(received.count - receivedIndex, remaining, output.freeCapacity)
    if buffered > 0 {
      // Sound: bytes have no padding.
      unsafe output.append(received.span.extracting(receivedIndex..<(receivedIndex + buffered)).bytes)
      receivedIndex += buffered
      return buffered
    }
    guard let transport = link?.transport else { throw .notConnected }
    // what this call's caller gathered is not to wait for the broker
    if timeout != .immediate { try flush() }
    // Without an end of its own, a call waits as the socket's option says.
    let deadline = Deadline(timeout == .forever ? link?.socket.readTimeout ?? .forever : timeout)
    while true {
      // no longer than until PINGREQ is due, or its answer
      let wait = min(deadline, nextMoment.map { MQTTClient.deadline(milliseconds: $0) } ?? .forever).timeLeft
      let count: Int
      do throws(MQTTTransportError) {
        count = try output.appendBytes(atMost: remaining) { (room) throws(MQTTTransportError) in
          try transport.read(into: &room, timeout: wait)
        }
      } catch {
        guard case .wouldBlock = error else { throw fail(.transport(error)) }
        try keepAlive()
        guard !deadline.hasPassed else { throw .transport(error) }
        continue
      }
      session.noteReceived(at: MQTTClient.now)
      try keepAlive()
      return count
    }
  }

  /// A payload that takes long must not keep PINGREQ from leaving.
  func keepAlive() throws(MQTTError) {
    guard try doWhatIsDue() else { return }
    try flush()
    try armTimer()
  }

  /// Lets go by what the buffer has of a payload that nobody wants.
  func skipPayload() {
    guard let message = incoming, message.isDuplicate else { return }
    let count = min(received.count - receivedIndex, message.remaining)
    receivedIndex += count
    incoming!.remaining -= count
  }

  /// The payload has been read: the message has been received.
  func finishMessage(_ reader: inout PacketReader) throws(MQTTError) {
    guard let message = incoming, outbox.isOpen else { return }
    incoming = nil
    if !payloadSoFar.isEmpty { payloadSoFar = [] }
    reader.takePayload(reader.payloadRemaining)
    try keep(session.publishIsWhole())
    if let early = earlyAnswer {
      earlyAnswer = nil
      try answer(early.identifier, early.reasonCode, early.properties.list)
    }
    if configuration.acknowledgements == .automatic {
      while let identifier = session.nextAnswer { try answer(identifier, .success, PropertyList()) }
    } else if message.isDuplicate, !isSkipping, message.identifier != 0 {
      duplicates.insert(message.identifier)
      try answerDuplicates()
    }
    isSkipping = false
  }

  /// Answers a message, with manual acknowledgements: PUBACK at QoS 1, PUBREC at QoS 2, in the order of the messages
  /// ([MQTT-4.6.0-2]). PUBREL is answered by the client. It may be called in the callback that brings the message;
  /// where the payload has not been read, the answer leaves with its last byte.
  ///
  /// - Parameters:
  ///   - identifier: the message's.
  ///   - reasonCode: MQTT 5.0 may refuse a message, and say so.
  ///   - properties: reason string and user properties, of MQTT 5.0.
  /// - Throws: `refused`: it is not this message's turn, say.
  ///
  /// Zephyr's functions are `mqtt_publish_qos1_ack` and `mqtt_publish_qos2_receive`.
  public func acknowledge(
    _ identifier: UInt16, reasonCode: ReasonCode = .success, properties: MQTTProperties = MQTTProperties()
  ) throws(MQTTError) {
    guard outbox.isOpen else { throw .notConnected }
    if let incoming, incoming.identifier == identifier, identifier != 0, !incoming.isDuplicate || isSkipping {
      guard incoming.remaining == 0 else { return try answerLater(identifier, reasonCode, properties) }
      // in the callback: the message has been read, and is not finished before that returns
      try keep(session.publishIsWhole())
    }
    try gather { () throws(MQTTError) in
      try answer(identifier, reasonCode, properties.list)
      try answerDuplicates()
    }
  }

  /// Keeps the answer to a message whose payload is still arriving. What would be wrong with it is told now, since later
  /// there is nobody to tell.
  private func answerLater(
    _ identifier: UInt16, _ reasonCode: ReasonCode, _ properties: MQTTProperties
  ) throws(MQTTError) {
    guard earlyAnswer == nil else { throw .refused(.answerOutOfOrder(first: nil)) }
    let kind: PublishAcknowledgement.Kind
    do throws(SessionRefusal) { kind = try session.checkAnswer(identifier, reasonCode: reasonCode) } catch {
      throw .refused(error)
    }
    let packet = PublishAcknowledgement(
      kind, identifier: identifier, reasonCode: reasonCode, properties: properties.list)
    let rules = session.sendingRules
    var trial: [UInt8] = []
    do throws(PacketEncodingError) {
      try trial.append(addingCapacity: packet.encodedLength(rules.version)) { (out) throws(PacketEncodingError) in
        try packet.encode(into: &out, under: rules)
      }
    } catch {
      throw .invalidArgument(.packet(error))
    }
    earlyAnswer = EarlyAnswer(identifier: identifier, reasonCode: reasonCode, properties: properties)
  }

  private func answerDuplicates() throws(MQTTError) {
    while let identifier = session.nextAnswer, duplicates.remove(identifier) != nil {
      try answer(identifier, .success, PropertyList())
    }
  }

  private func answer(
    _ identifier: UInt16, _ reasonCode: ReasonCode, _ properties: PropertyList
  ) throws(MQTTError) {
    let (kind, record): (PublishAcknowledgement.Kind, StoreRecord?)
    do throws(SessionRefusal) {
      (kind, record) = try session.acknowledge(identifier, reasonCode: reasonCode)
    } catch {
      throw .refused(error)
    }
    try keep(record)
    try append(kind, identifier, reasonCode, properties)
  }
}
