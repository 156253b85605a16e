internal import MQTTProtocol
internal import WestwindSockets

extension MQTTClient {
  /// Reads in one call at most, so that a broker that never stops sending does not keep it for ever.
  private static let maximumReads = 16

  /// Takes all that has come, and does what time asks for. It does not wait. Call it when `descriptor` polls readable.
  ///
  /// A program that publishes as fast as it goes may also call it a few times before it polls: a processor that sleeps
  /// takes longer to wake than many brokers to answer. `mqtt-publisher bench` is an example.
  ///
  /// - Throws: `payloadUnread`: the payload of the message before is still to be read. Any other: the connection is over,
  ///   and the event `disconnect` has told so.
  ///
  /// Zephyr's functions are `mqtt_input` and `mqtt_live`.
  public func input() throws(MQTTError) {
    guard !isInside else { throw .insideCallback }
    guard outbox.isOpen else { throw .notConnected }
    if let incoming, !incoming.isDuplicate {
      try keepAlive()
      throw .payloadUnread(remaining: incoming.remaining)
    }
    try gather { () throws(MQTTError) in
      try doWhatIsDue()
      try readAll()
    }
    try endOfCall()
  }

  /// Says to pollers whether something waits, and until when nothing need be done.
  func endOfCall() throws(MQTTError) {
    guard outbox.isOpen else { return }
    let isBuffered = receivedIndex < received.count
    if link?.isBuffered != isBuffered { link?.socket.setBuffered(isBuffered) }
    link?.isBuffered = isBuffered
    try armTimer()
  }

  private func readAll() throws(MQTTError) {
    var reads = 0
    while outbox.isOpen {
      try process()
      if let incoming, !incoming.isDuplicate { return }
      guard outbox.isOpen, reads < MQTTClient.maximumReads, try fill() else { return }
      reads += 1
    }
  }

  /// Reads what has come; only when all of what came before has been taken.
  ///
  /// - Returns: false where nothing has.
  private func fill() throws(MQTTError) -> Bool {
    guard let transport = link?.transport else { return false }
    let size = configuration.bufferSize
    received.removeAll(keepingCapacity: true)
    receivedIndex = 0
    do throws(MQTTTransportError) {
      try received.append(addingCapacity: size) { (out) throws(MQTTTransportError) in
        _ = try out.appendBytes { (room) throws(MQTTTransportError) in
          try room.appendBytes(atMost: size) { (room) throws(MQTTTransportError) in
            try transport.read(into: &room, timeout: .immediate)
          }
        }
      }
    } catch {
      if case .wouldBlock = error { return false }
      throw fail(.transport(error))
    }
    session.noteReceived(at: MQTTClient.now)
    return true
  }

  /// Takes the packets that are in the buffer, up to a payload that the application is to read.
  private func process() throws(MQTTError) {
    try withReader { (reader) throws(MQTTError) in try process(&reader) }
  }

  /// Takes the reader out, since a class lends no memory of its properties.
  func withReader(_ body: (inout PacketReader) throws(MQTTError) -> Void) throws(MQTTError) {
    guard var reader = reader.take() else { return }
    do throws(MQTTError) {
      try body(&reader)
    } catch {
      self.reader = consume reader
      throw error
    }
    self.reader = consume reader
  }

  private func process(_ reader: inout PacketReader) throws(MQTTError) {
    let bytes = received
    while outbox.isOpen {
      if incoming != nil {
        skipPayload()
        guard incoming!.remaining == 0 else { return }
        try finishMessage(&reader)
      }
      // a property that is lent for a call costs two checks of the runtime's
      var index = receivedIndex
      if let answer = reader.readShortAnswer(bytes.span, from: &index) {
        receivedIndex = index
        try take(PublishAcknowledgement(answer.kind, identifier: answer.identifier))
        continue
      }
      let header: FixedHeader?
      do throws(MQTTViolation) { header = try reader.read(bytes.span, from: &index) } catch {
        throw fail(.violation(error))
      }
      receivedIndex = index
      guard let header else { return }
      try take(header, reader.body(in: bytes.span))
      if let incoming, incoming.remaining > 0, !incoming.isDuplicate { return }
    }
  }

  private func take(_ header: FixedHeader, _ body: Span<UInt8>) throws(MQTTError) {
    let packet: Packet
    do throws(MQTTViolation) { packet = try Packet(header, body: body, under: session.receivingRules) } catch {
      throw fail(.violation(error))
    }
    switch packet {
    case .connAck(let packet): try take(packet)
    case .publish(let packet): try take(packet)
    case .publishAcknowledgement(let packet): try take(packet)
    case .subscriptionAcknowledgement(let packet): try take(packet)
    case .ping: try takePingResponse()
    case .disconnect(let packet): try take(packet)
    case .auth(let packet): try take(packet)
    // `receivingRules` let no broker send these
    case .connect, .subscribe, .unsubscribe: break
    }
  }

  /// What the session says of something that came; a violation ends the connection.
  func checked<R>(_ body: (inout ClientSession) throws(MQTTViolation) -> R) throws(MQTTError) -> R {
    do throws(MQTTViolation) { return try body(&session) } catch { throw fail(.violation(error)) }
  }
}
