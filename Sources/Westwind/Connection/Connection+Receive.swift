internal import Synchronization
internal import WebSocketProtocol
internal import WestwindSockets

extension Connection {
  /// How `receive` delivers.
  struct Delivery {
    /// Go on until the frame is complete or the buffer full; otherwise return with what is there.
    var fillsBuffer = true
    /// Leave what is delivered.
    var isPeek = false
  }

  /// Delivers bytes of one frame.
  func receive(
    into output: inout OutputRawSpan, _ delivery: Delivery = Delivery(), deadline: Deadline
  ) throws(WebSocketError) -> ReceivedMessage {
    guard output.freeCapacity > 0 else { throw .invalidArgument(.emptyBuffer) }
    return try reading(until: deadline) { side throws(WebSocketError) in
      if !delivery.isPeek {
        if let message = deliverWhole(into: &output, &side) { return message }
        let room = output.freeCapacity
        if try awaitWhole(&side, room: room, deadline: deadline), let message = deliverWhole(into: &output, &side) {
          return message
        }
      }
      try awaitFrame(&side, room: delivery.isPeek ? 0 : output.freeCapacity, deadline: deadline)
      return side.frame == nil
        ? deliverControl(into: &output, isPeek: delivery.isPeek, &side)
        : try deliverData(into: &output, delivery, &side, deadline: deadline)
    }
  }

  /// Delivers payload of data frames only, and passes over control frames and empty ones.
  ///
  /// - Returns: nil behind the peer's CLOSE.
  func receiveData(
    into output: inout OutputRawSpan, _ delivery: Delivery, deadline: Deadline
  ) throws(WebSocketError) -> ReceivedMessage? {
    try reading(until: deadline) { side throws(WebSocketError) in
      var budget = ReadBudget()
      while true {
        try awaitFrame(&side, room: delivery.isPeek ? 0 : output.freeCapacity, deadline: deadline)
        if let frame = side.frame {
          guard frame.remaining == 0 else { return try deliverData(into: &output, delivery, &side, deadline: deadline) }
          side.frame = nil
        } else {
          // CLOSE stays where it is for whoever looks only.
          if delivery.isPeek, side.control?.opcode == .close { return nil }
          finishControl(&side)
          if side.hasEnded { return nil }
        }
        if budget.isSpent(deadline) { throw cutShort(&side) }
      }
    }
  }

  /// Says what the next `receive` will deliver of.
  func peek(deadline: Deadline) throws(WebSocketError) -> ReceivedMessage {
    try reading(until: deadline) { side throws(WebSocketError) in
      try awaitFrame(&side, deadline: deadline)
      if let frame = side.frame { return ReceivedMessage(count: 0, type: frame.type, remaining: frame.remaining) }
      return describeControl(&side, count: 0)
    }
  }

  /// Has the next call told what this one could not say, because it had something to deliver.
  func tellNext(_ error: WebSocketError) {
    _ = readSide.withLock(until: .forever) { side in
      side.failure = error
      settle(&side)
    }
  }

  /// Takes off a frame that has been peeked at and whose payload nobody is to have: an empty one, or a control frame.
  func skipFrame(deadline: Deadline) throws(WebSocketError) {
    try reading(until: deadline) { side throws(WebSocketError) in
      if side.control?.isDeliverable == true {
        finishControl(&side)
      } else if side.frame?.remaining == 0 {
        side.frame = nil
      }
    }
  }

  /// Takes the read lock, and leaves things in order behind the body.
  @inline(__always) func reading<R>(
    until deadline: Deadline, _ body: (inout ReadSide) throws(WebSocketError) -> R
  ) throws(WebSocketError) -> R {
    let result = try readSide.withLock(until: deadline) { side throws(WebSocketError) -> R in
      defer { settle(&side) }
      do throws(WebSocketError) {
        return try body(&side)
      } catch {
        // RFC 6455 7.1.7: the peer is told why, now that the caller has had all that came before.
        switch error {
        case .protocolViolation(let violation): enqueue(.close, .init(code: violation.closeCode))
        case .messageTooBig: enqueue(.close, .init(code: .messageTooBig))
        default: break
        }
        // A disconnect goes on reading where this was interrupted.
        if !error.isTransient, phase != .disconnected { end(&side) }
        throw error
      }
    }
    guard let result else { throw phase == .open ? .wouldBlock : ended }
    return result
  }

  /// Waits for a data frame's header, or a control frame that the caller is to have.
  ///
  /// - Parameter room: of the caller's memory that is to have the payload.
  func awaitFrame(_ side: inout ReadSide, room: Int = 0, deadline: Deadline) throws(WebSocketError) {
    if let failure = side.failure {
      side.failure = nil
      throw failure
    }
    if side.keepAlive != nil { try tick(&side, mayExpire: false) }
    if hasAffairs { pump() }
    var budget = ReadBudget()
    var count = 0
    while true {
      guard !side.hasEnded else { throw ended }
      try checkCanReceive(&side)
      try parseBuffered(&side)
      if side.frame != nil || side.control?.isDeliverable == true { return }
      guard !side.hasReceivedClose else { throw ended }
      if count > 0, budget.isSpent(deadline, reading: count) { throw cutShort(&side) }
      count = try fill(&side, atMost: side.sizeOfFirstRead(room: room), deadline: deadline)
    }
  }

  /// The error of a call that has no time left and has not seen all there is.
  func cutShort(_ side: inout ReadSide) -> WebSocketError {
    side.isCutShort = true
    return .wouldBlock
  }

  /// The same for a call that takes the read lock for each of its steps.
  func cutShort() -> WebSocketError {
    _ = readSide.withLock(until: .forever) { side in
      side.isCutShort = true
      settle(&side)
    }
    return .wouldBlock
  }

  func deliverData(
    into output: inout OutputRawSpan, _ delivery: Delivery, _ side: inout ReadSide, deadline: Deadline
  ) throws(WebSocketError) -> ReceivedMessage {
    if side.frame?.isInflated == true { return deliverInflated(into: &output, isPeek: delivery.isPeek, &side) }
    var delivered = 0
    var budget = ReadBudget()
    do throws(WebSocketError) {
      while let frame = side.frame, frame.remaining > 0 {
        if side.input.isEmpty {
          if canFillDirectly(frame, output, &side), !delivery.isPeek {
            delivered += try fillDirectly(&output, &side, deadline: deadline)
          } else {
            try fill(&side, atMost: side.sizeOfNextRead, deadline: deadline)
          }
        }
        if delivery.isPeek {
          try fillForPeek(output.freeCapacity, &side, deadline: delivery.fillsBuffer ? deadline : .immediate)
        }
        let count = Int(min(UInt64(min(side.input.count, output.freeCapacity)), side.frame!.remaining))
        if count > 0 {
          try prepare(count, &side)
          side.input.copyFirst(count, to: &output)
          delivered += count
          if delivery.isPeek { break }
          side.input.drop(count)
          traffic.noteReceived(bytes: count)
          side.frame!.remaining -= UInt64(count)
          side.frame!.offset += count
          side.frame!.prepared -= count
        }
        if output.isFull || !delivery.fillsBuffer || budget.isSpent(deadline) { break }
      }
    } catch {
      // What has been delivered is the caller's; a lasting error comes again with the next call. Text that turns out
      // not to be UTF-8 is nobody's.
      guard delivered > 0, let frame = side.frame else { throw error }
      if case .protocolViolation = error { throw error }
      if !error.isTransient, phase != .disconnected { side.failure = error }
      return ReceivedMessage(count: delivered, type: frame.type, remaining: frame.remaining)
    }
    let frame = side.frame!
    let message = ReceivedMessage(count: delivered, type: frame.type, remaining: frame.remaining)
    if frame.remaining == 0, !delivery.isPeek { side.frame = nil }
    return message
  }

  /// All of the frame is there, so nothing is waited for.
  private func deliverInflated(
    into output: inout OutputRawSpan, isPeek: Bool, _ side: inout ReadSide
  ) -> ReceivedMessage {
    let frame = side.frame!
    let inflation = side.inflation!
    let count = min(output.freeCapacity, inflation.output.count)
    inflation.output.copyFirst(count, to: &output)
    if !isPeek {
      inflation.output.drop(count)
      advance(count, &side)
    }
    return ReceivedMessage(
      count: count, type: frame.type, remaining: isPeek ? frame.remaining : frame.remaining - UInt64(count))
  }

  /// Gets more of the present frame into the input, as far as it comes in time and there is room.
  private func fillForPeek(_ wanted: Int, _ side: inout ReadSide, deadline: Deadline) throws(WebSocketError) {
    guard let frame = side.frame else { return }
    let wanted = Int(min(UInt64(min(wanted, side.input.capacity)), frame.remaining))
    do throws(WebSocketError) {
      while side.input.count < wanted {
        if side.input.freeAtEnd < wanted - side.input.count { side.input.compact() }
        try fill(&side, deadline: deadline)
      }
    } catch {
      if !error.isTransient { side.failure = error }
    }
  }

  /// Large payload goes straight to the caller. Small, or the last bytes of a frame, goes through the input, so that
  /// one call to the socket brings the next frame's header too.
  private func canFillDirectly(
    _ frame: ReadSide.DataFrame, _ output: borrowing OutputRawSpan, _ side: inout ReadSide
  ) -> Bool {
    frame.key == nil && min(frame.remaining, UInt64(output.freeCapacity)) >= UInt64(side.sizeOfDirectRead)
  }

  /// Payload has been taken off the input.
  func advance(_ count: Int, _ side: inout ReadSide) {
    traffic.noteReceived(bytes: count)
    side.frame?.remaining -= UInt64(count)
    side.frame?.offset += count
    side.frame?.prepared -= count
    if side.frame?.remaining == 0 { side.frame = nil }
  }

  private func deliverControl(
    into output: inout OutputRawSpan, isPeek: Bool, _ side: inout ReadSide
  ) -> ReceivedMessage {
    let control = side.control!
    let count = min(output.freeCapacity, control.body.count - control.delivered)
    for i in control.delivered..<(control.delivered + count) { output.append(control.body.bytes[i]) }
    if isPeek { return describeControl(&side, count: count) }
    side.control!.delivered += count
    let message = describeControl(&side, count: count)
    if message.remaining == 0 { finishControl(&side) }
    return message
  }

  func describeControl(_ side: inout ReadSide, count: Int) -> ReceivedMessage {
    let control = side.control!
    return ReceivedMessage(
      count: count, type: MessageType(kind: control.opcode, isFinal: true),
      remaining: UInt64(control.body.count - control.delivered))
  }

  /// A control frame has been delivered. CLOSE is answered only now, so that the caller could still answer what came
  /// before it (RFC 6455 5.5.1 allows the delay); behind it comes nothing.
  func finishControl(_ side: inout ReadSide) {
    let isClose = side.control?.opcode == .close
    side.control = nil
    guard isClose else { return }
    if answersControlFrames.load(ordering: .relaxed) { answerClose() }
    end(&side)
  }

  /// RFC 6455 5.5.1: the answer echoes the code.
  private func answerClose() {
    let code = closeStatus.withLock { $0?.code } ?? .noStatus
    enqueue(.close, code == .noStatus ? ControlQueue.Body() : .init(code: code))
  }

  /// Reads ahead in what waits, so that the descriptor polls readable exactly when something can be delivered, and
  /// gives the buffer back where nothing waits.
  func settle(_ side: inout ReadSide) {
    if side.isCutShort {
      // An edge-triggered poller has been told of all that is in the socket, and is told again.
      side.isCutShort = false
      side.isBuffered = true
      readiness.withLock { $0.wake() }
    }
    if side.isCalm {
      // More of a frame waits, as the call found it; or nothing, as it found that.
      if side.isBuffered, side.frame != nil, !side.input.isEmpty { return }
      if !side.isBuffered, side.frame == nil, side.input.isEmpty, !side.isMoreBelow {
        return side.input.releaseIfEmpty()
      }
    }
    if !side.hasEnded, !side.hasFailed, phase == .open {
      do throws(WebSocketError) {
        try parseBuffered(&side)
      } catch {
        side.failure = error
      }
    }
    side.input.releaseIfEmpty()
    side.inflation?.output.releaseIfEmpty()
    side.isCalm = side.mayBeCalm
    let isBuffered = side.hasSomething || side.isMoreBelow
    guard isBuffered != side.isBuffered else { return }
    side.isBuffered = isBuffered
    // What another thread has ended stays readable: that is asked under the lock under which it is told.
    readiness.withLock { $0.setBuffered(isBuffered || phase != .open || isReadShut.load(ordering: .relaxed)) }
  }
}

extension WebSocketError {
  /// Nothing is wrong: calling again may succeed.
  var isTransient: Bool {
    if case .wouldBlock = self { true } else { false }
  }
}
