internal import MQTTProtocol
internal import SocketLayer
internal import SystemPackage

/// What an agent's thread does: it drives a client.
final class AgentLoop {
  /// Messages that are taken from the queue at once.
  private static let batchSize = 256

  private let core: AgentCore
  private var client: MQTTClient!
  private var backoff: Backoff
  /// Taken from the queue, and not published yet; the next one is the last.
  private var batch: [Waiting] = []
  /// Messages of QoS 1 and 2 under way, by their identifiers.
  private var inFlight: [UInt16: Completion] = [:]
  /// Messages of QoS 0 that wait to be written.
  private var written: [Completion] = []
  private var requests: [UInt16: Request] = [:]
  /// What is subscribed to, in the order of asking.
  private var subscriptions: [(subscription: MQTTSubscription, properties: MQTTProperties)] = []
  private var isConnected = false
  private var failure: MQTTError?

  init(_ core: AgentCore) {
    self.core = core
    let configuration = core.configuration
    backoff = Backoff(minimum: configuration.reconnectMinimum, maximum: configuration.reconnectMaximum)
    client = MQTTClient(configuration.client, transport: core.transport, store: core.store) { [unowned self] in
      take($0, $1)
    }
  }

  func run() {
    var reason: MQTTError?
    while !isToEnd {
      failure = nil
      do throws(MQTTError) {
        let timeout = min(Deadline(core.configuration.connectTimeout), stopDeadline ?? .forever).timeLeft
        try client.connect(timeout: timeout)
        try serve()
      } catch {
        if failure == nil {
          failure = error
          core.onEvent(.disconnected(error))
        }
      }
      isConnected = false
      loseWhatIsLost()
      guard !isToEnd, let failure else { continue }
      guard core.configuration.reconnects(failure) else {
        reason = failure
        break
      }
      let delay = backoff.next()
      core.onEvent(.reconnecting(in: delay))
      pause(Deadline(Timeout(delay)))
    }
    end(reason)
  }

  /// It is asked to stop, and there is nothing left to do, or no time for it.
  private var isToEnd: Bool {
    guard let stopDeadline else { return false }
    return isDone || stopDeadline.hasPassed
  }

  private var stopDeadline: Deadline? {
    core.state.withLock { if case .stopping(let deadline) = $0.phase { deadline } else { nil } }
  }

  /// Drives the client until the connection is over.
  private func serve() throws(MQTTError) {
    while let descriptor = client.descriptor {
      try send()
      let deadline = stopDeadline
      if let deadline, isDone || deadline.hasPassed {
        try client.disconnect(timeout: deadline.timeLeft)
        return
      }
      try wait(for: descriptor, until: deadline ?? .forever)
    }
  }

  /// Everything has been delivered.
  private var isDone: Bool {
    batch.isEmpty && client.session.nextOutstanding(after: nil) == nil
      && core.state.withLock { $0.queue.count == 0 && $0.requests.isEmpty } && requests.isEmpty
  }

  private func wait(for descriptor: SocketDescriptor, until deadline: Deadline) throws(MQTTError) {
    guard let wake = enterWait() else { return }
    var entries = [PollEntry(descriptor, .readable), PollEntry(SocketDescriptor(rawValue: wake), .readable)]
    do throws(Errno) { _ = try SocketDescriptor.poll(&entries, timeout: deadline.timeLeft) } catch {
      throw .system(error)
    }
    leaveWait()
    if !entries[0].returned.isEmpty { try client.input() }
  }

  /// - Returns: the number that says that something has come; nil where something has already.
  private func enterWait() -> CInt? {
    let canSend = isConnected && (batch.isEmpty || batch.last!.qos == .atMostOnce || client.canPublish)
    return core.state.withLock { state in
      if canSend, state.queue.count > 0 { return nil }
      if isConnected, !state.requests.isEmpty { return nil }
      state.isWaiting = true
      return state.wake?.number
    }
  }

  private func leaveWait() {
    core.state.withLock { state in
      state.isWaiting = false
      state.wake?.set(false)
    }
  }

  /// Waits for a moment, or until the agent is to end.
  private func pause(_ deadline: Deadline) {
    while !deadline.hasPassed, !isToEnd {
      guard let wake = enterWait() else { return }
      let end = min(deadline, stopDeadline ?? .forever)
      _ = try? SocketDescriptor(rawValue: wake).poll(for: .readable, timeout: end.timeLeft)
      leaveWait()
    }
  }
}

// MARK: Sending

extension AgentLoop {
  /// Sends what waits, as far as the broker takes it.
  private func send() throws(MQTTError) {
    guard isConnected else { return }
    try client.gather { () throws(MQTTError) in
      try sendRequests()
      while client.descriptor != nil, takeBatch(), try publishNext() {}
    }
    let completions = written
    written.removeAll(keepingCapacity: true)
    for completion in completions { completion(.success(.success)) }
  }

  /// - Returns: whether there is a message to publish.
  private func takeBatch() -> Bool {
    guard batch.isEmpty else { return true }
    core.state.withLock { state in
      while batch.count < AgentLoop.batchSize, let message = state.queue.popFirst() { batch.append(message) }
    }
    batch.reverse()
    return !batch.isEmpty
  }

  /// - Returns: false where it has to wait for an answer of the broker's.
  private func publishNext() throws(MQTTError) -> Bool {
    guard let message = batch.last else { return false }
    if message.qos != .atMostOnce {
      guard client.canPublish else { return false }
      core.store.keepTakesPlace(of: message.number)
    }
    do throws(MQTTError) {
      try publish(message)
    } catch {
      switch error {
      case .refused(.windowFull), .refused(.noFreeIdentifier), .refused(.resendFirst): return false
      case .refused(let refusal): giveUp(message, .refused(refusal))
      case .invalidArgument(let mistake): giveUp(message, .invalidArgument(mistake))
      default: throw error
      }
    }
    return true
  }

  private func publish(_ message: Waiting) throws(MQTTError) {
    let bytes = message.packet.span
    let packet: PublishPacket
    do throws(MQTTViolation) {
      packet = try PublishPacket(whole: bytes, under: client.session.sendingRules)
    } catch {
      throw .invalidArgument(.packet(.violation(error)))
    }
    let payload = bytes.extracting(last: packet.payloadLength)
    // Sound: bytes have no padding.
    _ = try unsafe client.publish(packet, payload: payload.bytes) { identifier in
      batch.removeLast()
      guard let completion = message.completion else { return }
      if identifier == 0 { written.append(completion) } else { inFlight[identifier] = completion }
    }
  }

  private func giveUp(_ message: Waiting, _ error: MQTTAgentError) {
    batch.removeLast()
    if message.qos != .atMostOnce { try? core.store.dequeue(message.number) }
    message.completion?(.failure(error))
  }

  private func sendRequests() throws(MQTTError) {
    let waiting = core.state.withLock { state in
      let requests = state.requests
      state.requests = []
      return requests
    }
    for (i, request) in waiting.enumerated() {
      do throws(MQTTError) {
        switch request.kind {
        case .subscribe(let list, let properties):
          let identifier = try client.subscribe(list, properties: properties)
          requests[identifier] = request
          remember(list, properties)
        case .unsubscribe(let filters, let properties):
          let identifier = try client.unsubscribe(filters, properties: properties)
          requests[identifier] = request
          subscriptions.removeAll { filters.contains($0.subscription.filter) }
        }
      } catch {
        switch error {
        case .refused(.noFreeIdentifier):
          core.state.withLock { $0.requests.insert(contentsOf: waiting[i...], at: 0) }
          return
        case .refused(let refusal): request.completion(.failure(.refused(refusal)))
        case .invalidArgument(let mistake): request.completion(.failure(.invalidArgument(mistake)))
        default:
          core.state.withLock { $0.requests.insert(contentsOf: waiting[i...], at: 0) }
          throw error
        }
      }
    }
  }

  private func remember(_ list: [MQTTSubscription], _ properties: MQTTProperties) {
    for subscription in list {
      subscriptions.removeAll { $0.subscription.filter == subscription.filter }
      subscriptions.append((subscription, properties))
    }
  }
}

// MARK: Events

extension AgentLoop {
  private func take(_ client: MQTTClient, _ event: borrowing MQTTEvent) {
    switch event {
    case .connAck(let packet, let result):
      guard packet.isAccepted else { return }
      isConnected = true
      backoff.reset()
      if result != .resumed { beginSession() }
      core.onEvent(.connected(isSessionPresent: packet.isSessionPresent))
    case .disconnect(let error):
      failure = error
      core.onEvent(.disconnected(error))
    case .publish(let packet): deliver(packet)
    case .pubAck(let packet), .pubComp(let packet): finish(packet.identifier, .success(packet.reasonCode))
    case .pubRec(let packet):
      if packet.reasonCode.isError { finish(packet.identifier, .success(packet.reasonCode)) }
    case .abandoned(let identifier, let refusal):
      finish(identifier, .failure(.refused(refusal)))
      core.onEvent(.abandoned(refusal))
    case .subAck(let packet), .unsubAck(let packet):
      var codes: [ReasonCode] = []
      for i in packet.reasonCodes.indices { codes.append(ReasonCode(rawValue: packet.reasonCodes[i])) }
      requests.removeValue(forKey: packet.identifier)?.completion(.success(codes))
    case .pubRel, .pingResp, .auth: break
    }
  }

  private func finish(_ identifier: UInt16, _ result: Result<ReasonCode, MQTTAgentError>) {
    inFlight.removeValue(forKey: identifier)?(result)
  }

  /// The broker has no session of before: it is told the subscriptions anew, and messages that it had taken over are
  /// done.
  private func beginSession() {
    var kept: Set<UInt16> = []
    var last: UInt16?
    while let next = client.session.nextOutstanding(after: last) {
      kept.insert(next.identifier)
      last = next.identifier
    }
    for (identifier, completion) in inFlight where !kept.contains(identifier) {
      inFlight[identifier] = nil
      completion(.success(.success))
    }
    let again = subscriptions
    core.state.withLock { state in
      for (subscription, properties) in again.reversed() {
        state.requests.insert(Request(kind: .subscribe([subscription], properties)) { _ in }, at: 0)
      }
    }
  }

  private func deliver(_ packet: PublishPacket) {
    var name: [UInt8] = []
    name.append(addingCapacity: packet.topic.count) { $0.append(packet.topic) }
    let topic = String(decoding: name, as: UTF8.self)
    do throws(MQTTError) {
      let payload = try client.readPublishPayload(
        maximum: core.configuration.maximumPayload, timeout: core.configuration.payloadTimeout)
      guard let payload else {
        core.onEvent(.messageTooLarge(topic: topic, payloadLength: packet.payloadLength))
        return
      }
      core.onEvent(
        .message(
          MQTTMessage(
            topic: topic, payload: payload, qos: packet.qos, isRetained: packet.isRetained,
            isDuplicate: packet.isDuplicate, properties: MQTTProperties(copying: packet.properties))))
    } catch {
      // where the connection is over already, this does nothing
      _ = client.fail(error)
    }
  }
}

// MARK: Ends

extension AgentLoop {
  /// A connection is over: what was only written, and questions that have no answer.
  private func loseWhatIsLost() {
    let lost = written
    written = []
    for completion in lost { completion(.failure(.lost(failure ?? .notConnected))) }
    let unanswered = requests.sorted { $0.key < $1.key }.map(\.value)
    requests = [:]
    core.state.withLock { $0.requests.insert(contentsOf: unanswered, at: 0) }
  }

  private func end(_ reason: MQTTError?) {
    let error = reason.map { MQTTAgentError.gaveUp($0) } ?? .notRunning
    client.abort()
    var rest = batch.reversed().map { $0 }
    let waiting: [Request] = core.state.withLock { state in
      state.phase = .ended
      while let message = state.queue.popFirst() { rest.append(message) }
      let requests = state.requests
      state.requests = []
      return requests
    }
    let isDelivered = rest.isEmpty && client.session.nextOutstanding(after: nil) == nil
    for message in rest { message.completion?(.failure(error)) }
    for completion in inFlight.values { completion(.failure(error)) }
    for request in waiting { request.completion(.failure(error)) }
    core.onEvent(.stopped(reason))
    core.state.withLock { state in
      state.thread = nil
      state.wake = nil
    }
    core.ended.give(isDelivered)
  }
}
