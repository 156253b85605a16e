extension AgentLoop {
  /// A connection is over: what was only written, and questions that have no answer.
  func loseWhatIsLost() {
    let lost = written
    written = []
    for completion in lost { completion(.failure(.lost(failure ?? .notConnected))) }
    let unanswered = requests.sorted { $0.key < $1.key }.map(\.value)
    requests = [:]
    core.state.withLock { $0.requests.insert(contentsOf: unanswered, at: 0) }
  }

  func end(_ reason: MQTTError?) {
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
