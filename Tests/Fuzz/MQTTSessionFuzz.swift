// A session under any events: packets out of the stream's bytes, with what the program does in between. No invariant
// breaks: no identifier has two owners, no window is overrun, nothing is delivered twice, and nothing is lost that was not
// answered.

import MQTTProtocol

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: data, count: count))
  for version in MQTTVersion.allCases {
    let run = Run(version, bytes)
    run.play()
  }
  return 0
}

private final class Run {
  private var session = ClientSession(
    limits: SessionLimits(outgoing: 5, incoming: 3, outgoingAliases: 2, incomingAliases: 2, aliasedTopicLength: 8))
  private let version: MQTTVersion
  private let script: [UInt8]
  private var index = 0
  private var now: UInt64 = 0
  /// Messages of ours that were not answered, as a store has them.
  private var stored: [UInt16: StoreRecord] = [:]
  private var subscriptions: Set<UInt16> = []
  private var sentInWindow: Set<UInt16> = []
  /// Messages of QoS 2 that were delivered, and not let go by PUBREL.
  private var delivered: Set<UInt16> = []
  private var receiveMaximum = 0xFFFF

  init(_ version: MQTTVersion, _ script: [UInt8]) {
    self.version = version
    self.script = script
  }

  private func next() -> UInt8 {
    guard index < script.count else { return 0 }
    index += 1
    return script[index - 1]
  }

  func play() {
    while index < script.count {
      do throws(MQTTViolation) {
        try step()
      } catch {
        end()  // as a client does after DISCONNECT
      }
      check()
    }
  }

  private func step() throws(MQTTViolation) {
    now += UInt64(next()) * 100
    switch next() % 16 {
    case 0: connect()
    case 1: try connAck()
    case 2: publish(.atLeastOnce)
    case 3: publish(.exactlyOnce)
    case 4: try acknowledgement(.pubAck)
    case 5: try acknowledgement(.pubRec)
    case 6: try acknowledgement(.pubRel)
    case 7: try acknowledgement(.pubComp)
    case 8: try arrive(QoS(rawValue: next() % 3) ?? .atMostOnce)
    case 9: answer()
    case 10: resend()
    case 11: end()
    case 12: subscribe()
    case 13: try subAck()
    case 14: keepAlive()
    default: publish(.atMostOnce)
    }
  }

  private func connect() {
    let identifier: [UInt8] = [0x63]
    let flags = next()
    let properties = propertyBytes([
      (.receiveMaximum, 3), (.topicAliasMaximum, 2), (.sessionExpiryInterval, flags & 2 == 0 ? 60 : 0),
    ])
    _ = try? session.connect(
      ConnectPacket(
        version: version, clientIdentifier: identifier.span, isCleanStart: flags & 1 != 0, keepAlive: 10,
        properties: PropertyList(encoded: properties.span)),
      at: now)
  }

  private func connAck() throws(MQTTViolation) {
    let flags = next()
    let maximum = 1 + UInt32(next() % 4)
    let properties = propertyBytes([(.receiveMaximum, maximum), (.topicAliasMaximum, 2)])
    let packet =
      version == .mqtt5
      ? ConnAckPacket(
        isSessionPresent: flags & 3 == 1, reasonCode: flags & 2 == 0 ? .success : .serverBusy,
        properties: PropertyList(encoded: properties.span))
      : ConnAckPacket(
        isSessionPresent: flags & 3 == 1, returnCode: flags & 2 == 0 ? .accepted : .serverUnavailable)
    switch try session.receive(packet, at: now) {
    case .refused: end()
    case .resumed: begin(maximum)
    case .new:
      stored = [:]
      delivered = []
      begin(maximum)
    }
  }

  private func begin(_ maximum: UInt32) {
    receiveMaximum = version == .mqtt5 ? Int(maximum) : 0xFFFF
    sentInWindow = []
    for case .release(let identifier, _) in stored.values { sentInWindow.insert(identifier) }
    subscriptions = []
  }

  private func end() {
    guard session.connectionEnded(at: now) != nil else { return }
    stored = [:]
    delivered = []
  }

  private func publish(_ qos: QoS) {
    let topic: [UInt8] = [0x61 + next() % 3]
    var name = topic
    var alias: UInt16 = 0
    switch session.alias(for: topic.span) {
    case .none: break
    case .give(let given): alias = given
    case .use(let known):
      alias = known
      name = []
    }
    let properties = alias == 0 ? [] : propertyBytes([(.topicAlias, UInt32(alias))])
    let packet = PublishPacket(
      topic: name.span, qos: qos, properties: PropertyList(encoded: properties.span), payloadLength: 10)
    let couldPublish = session.canPublish
    do throws(SessionRefusal) {
      let (identifier, record) = try session.publish(packet)
      guard qos != .atMostOnce else { return }
      require(couldPublish, "published though it could not")
      require(stored[identifier] == nil && !subscriptions.contains(identifier), "\(identifier) has two owners")
      stored[identifier] = record
      sendInWindow(identifier)
    } catch {
      require(qos == .atMostOnce || !couldPublish, "could publish, and may not: \(error)")
    }
  }

  private func acknowledgement(_ kind: PublishAcknowledgement.Kind) throws(MQTTViolation) {
    let identifier = UInt16(next() % 8) + 1
    let isError = version == .mqtt5 && next() % 8 == 0 && (kind == .pubAck || kind == .pubRec)
    switch try session.receive(
      PublishAcknowledgement(kind, identifier: identifier, reasonCode: isError ? .notAuthorized : .success))
    {
    case .done(let done, _, let record):
      require(record == .outgoingDone(identifier: done) && stored.removeValue(forKey: done) != nil, "not stored")
      sentInWindow.remove(done)
    case .send(.pubRel, _, _, let record), .sendLater(_, let record as StoreRecord?):
      guard let record else { return }
      require(stored[identifier] != nil, "PUBREL of what is not stored")
      stored[identifier] = record
      sentInWindow.insert(identifier)
    case .send(let answer, _, let code, let record):
      require(answer == .pubComp && kind == .pubRel, "\(answer) answers \(kind)")
      require((record != nil) == delivered.contains(identifier) || code != .success, "PUBCOMP of what is not known")
      delivered.remove(identifier)
    case .unknown: break
    }
  }

  private func arrive(_ qos: QoS) throws(MQTTViolation) {
    let identifier = UInt16(next() % 6) + 1
    let flags = next()
    let topic: [UInt8] = flags & 1 == 0 ? [0x61] : []
    let properties = flags & 3 == 0 || version == .mqtt311 ? [] : propertyBytes([(.topicAlias, UInt32(flags % 4))])
    guard !topic.isEmpty || !properties.isEmpty else { return }
    let packet = PublishPacket(
      topic: topic.span, qos: qos, identifier: qos == .atMostOnce ? 0 : identifier,
      properties: PropertyList(encoded: properties.span), payloadLength: 0)
    let what = try session.receive(packet)
    if flags & 16 != 0 {
      end()  // inside the payload
      return
    }
    let record = session.publishIsWhole()
    guard qos == .exactlyOnce else { return }
    require((what == .duplicate) == delivered.contains(identifier), "\(identifier) twice, or not at all")
    require((record == .incoming(identifier: identifier)) == (what == .deliver), "the record does not fit")
    delivered.insert(identifier)
  }

  private func answer() {
    guard let identifier = session.nextAnswer else { return }
    let code: ReasonCode = version == .mqtt5 && next() % 4 == 0 ? .notAuthorized : .success
    guard let (kind, record) = try? session.acknowledge(identifier, reasonCode: code) else { return }
    require((record != nil) == (kind == .pubRec && code.isError), "a record where none belongs")
    if record != nil { delivered.remove(identifier) }
  }

  private func resend() {
    guard let message = session.nextResend() else { return }
    switch message {
    case .publish(let identifier, _):
      guard case .publish = stored[identifier] else { fatalError("\(identifier) is sent again, and not stored") }
      sendInWindow(identifier)
    case .release(let identifier):
      guard case .release = stored[identifier] else { fatalError("\(identifier) is released, and not stored") }
    }
  }

  private func subscribe() {
    let list: [UInt8] = [0, 1, 0x61, 0]
    let packet = SubscribePacket(identifier: 0, subscriptions: SubscriptionList(encoded: list.span))
    guard let identifier = try? session.subscribe(packet) else { return }
    require(stored[identifier] == nil && subscriptions.insert(identifier).inserted, "\(identifier) has two owners")
  }

  private func subAck() throws(MQTTViolation) {
    let identifier = UInt16(next() % 8) + 1
    let codes: [UInt8] = [0]
    let isOurs = try session.receive(
      SubscriptionAcknowledgement(.subAck, identifier: identifier, reasonCodes: codes.span))
    require(isOurs == (subscriptions.remove(identifier) != nil), "SUBACK of what is not ours")
  }

  private func keepAlive() {
    switch session.timeAction(at: now) {
    case .nothing: break
    case .sendPing:
      require(session.timeLeft(at: now) == 0, "a ping is due, and there is time left")
      _ = try? session.notePing(at: now)
    case .giveUp: end()
    }
  }

  /// What holds at any time.
  private func check() {
    var outstanding: [UInt16] = []
    var last: UInt16?
    while let message = session.nextOutstanding(after: last) {
      last = message.identifier
      outstanding.append(message.identifier)
      require(outstanding.count <= 5, "the chain of messages has no end")
    }
    require(Set(outstanding) == Set(stored.keys), "outstanding \(outstanding), stored \(stored.keys)")
  }

  /// PUBLISH leaves only where the broker has room for it.
  private func sendInWindow(_ identifier: UInt16) {
    require(sentInWindow.count < receiveMaximum, "\(sentInWindow) is a window of \(receiveMaximum)")
    sentInWindow.insert(identifier)
  }

  private func propertyBytes(_ properties: [(PropertyID, UInt32)]) -> [UInt8] {
    guard version == .mqtt5 else { return [] }
    do throws(PropertyList.AppendError) {
      return try [UInt8](capacity: 64) { (out) throws(PropertyList.AppendError) in
        for (id, value) in properties { try PropertyList.append(id, value, to: &out) }
      }
    } catch {
      return []
    }
  }
}
