internal import WebSocketProtocol
internal import WestwindSockets

/// A message that is being joined, between calls that ran out of time.
struct PartialMessage {
  var type: MessageType
  var payload: [UInt8]
}

extension Connection {
  func receiveMessage(maxSize: Int, deadline: Deadline) throws(WebSocketError) -> WebSocketMessage {
    let message = try partialMessages.withLock(until: deadline) { partial throws(WebSocketError) in
      try join(&partial, maxSize: maxSize, deadline: deadline)
    }
    guard let message else { throw phase == .open ? .wouldBlock : ended }
    return message
  }

  private func join(
    _ partial: inout PartialMessage?, maxSize: Int, deadline: Deadline
  ) throws(WebSocketError) -> WebSocketMessage {
    var budget = ReadBudget()
    while true {
      let next = try peek(deadline: deadline)
      guard next.isText || next.isBinary else { return try receiveControl(next, deadline: deadline) }
      var message = partial ?? PartialMessage(type: next.type.subtracting(.continuation), payload: [])
      partial = nil
      let size = UInt64(message.payload.count) + next.remaining
      guard size <= UInt64(max(0, maxSize)) else {
        throw refuse(tooBig: maxSize)
      }
      var outcome = Result<ReceivedMessage, WebSocketError>.success(next)
      if next.remaining == 0 {
        try skipFrame(deadline: deadline)
      } else {
        // Memory grows with what has come, not with what a header claims will.
        let step = min(next.remaining, UInt64(max(65536, message.payload.count)))
        outcome = message.payload.append(atMost: Int(step)) { output throws(WebSocketError) in
          try receive(into: &output, deadline: deadline)
        }
      }
      switch outcome {
      case .success(let part) where part.endsMessage:
        return WebSocketMessage(type: message.type.union(.final), payload: message.payload)
      case .success:
        partial = message
        if budget.isSpent(deadline) { throw cutShort() }
      case .failure(let error):
        partial = message
        throw error
      }
    }
  }

  private func receiveControl(_ next: ReceivedMessage, deadline: Deadline) throws(WebSocketError) -> WebSocketMessage {
    var payload: [UInt8] = []
    guard next.remaining > 0 else {
      try skipFrame(deadline: deadline)
      return WebSocketMessage(type: next.type, payload: [])
    }
    _ = try payload.append(atMost: Int(next.remaining)) { output throws(WebSocketError) in
      try receive(into: &output, deadline: deadline)
    }.get()
    return WebSocketMessage(type: next.type, payload: payload)
  }

  /// RFC 6455 7.4.1: 1009.
  private func refuse(tooBig limit: Int) -> WebSocketError {
    enqueue(.close, .init(code: .messageTooBig))
    _ = readSide.withLock(until: .forever) { side in
      end(&side)
      settle(&side)
    }
    return .messageTooBig(limit: limit)
  }
}

extension [UInt8] {
  /// Grows by what the body writes, into memory that nothing is written to before.
  fileprivate mutating func append<E: Error>(
    atMost capacity: Int, _ body: (inout OutputRawSpan) throws(E) -> ReceivedMessage
  ) -> Result<ReceivedMessage, E> {
    var outcome: Result<ReceivedMessage, E>?
    append(addingCapacity: capacity) { room in
      // Sound: the part lent is the free room, any byte is a UInt8, and the count grows by what was written.
      unsafe room.withUnsafeMutableBufferPointer { buffer, count in
        var output = unsafe OutputRawSpan(
          buffer: UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[count...]),
          initializedCount: 0)
        outcome = Result { () throws(E) in try body(&output) }
        count += output.byteCount
      }
    }
    return outcome!  // the body has run
  }
}
