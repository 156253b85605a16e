internal import MQTTProtocol

extension AgentLoop {
  /// Sends what waits, as far as the broker takes it.
  func send() throws(MQTTError) {
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
