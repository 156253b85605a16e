internal import Synchronization
internal import WebSocketEngine
internal import WebSocketProtocol
internal import WestwindBuffers
internal import WestwindSockets

/// Lending payload where it is.
extension BlockingConnection {
  typealias Borrower = (ReceivedMessage, RawSpan) throws(WebSocketError) -> Void

  /// Lends the next frame's payload: all of it, or as much as the buffer holds or comes in time; and with `isMany` after it
  /// that of all frames that have come whole.
  ///
  /// - Returns: how many frames; also if the body fails with one of them, which counts.
  @discardableResult
  func lend(deadline: Deadline, isMany: Bool, _ body: Borrower) throws(WebSocketError) -> Int {
    // The body's error is no end of the receiving, so it does not pass through `reading` as one.
    var failure: WebSocketError?
    let count = try reading(until: deadline) { side throws(WebSocketError) -> Int in
      var count = lendWhole(&side, isMany: isMany, &failure, body)
      if count == 0 {
        if try awaitWhole(&side, room: 0, deadline: deadline) {
          count = lendWhole(&side, isMany: isMany, &failure, body)
        }
        if count == 0 {
          var budget = ReadBudget()
          let control = try awaitNext(&side, &budget, deadline: deadline)
          count = lendWhole(&side, isMany: isMany, &failure, body)
          if count == 0 {
            try lendNext(control, &side, deadline: deadline, &failure, body)
            count = 1
          }
        }
      }
      while isMany, failure == nil, let control = nextWhole(&side) {
        let whole = lendWhole(&side, isMany: true, &failure, body)
        count += max(1, whole)
        guard whole == 0 else { continue }
        do throws(WebSocketError) {
          try lendNext(control.opcode, &side, deadline: .immediate, &failure, body)
        } catch {
          // Frames have been lent: what is wrong with this one the next call tells.
          owe(error, &side)
          count -= 1
          break
        }
      }
      return count
    }
    if let failure { throw failure }
    return count
  }

  /// Lends frames of the common kind in as few steps as can be.
  ///
  /// - Parameter isMany: those that follow too, for as long as they are of the common kind and whole.
  /// - Returns: how many; 0 in every other case: nothing has been done then.
  private func lendWhole(
    _ side: inout ReadSide, isMany: Bool, _ failure: inout WebSocketError?, _ body: Borrower
  ) -> Int {
    guard let (payload, type) = side.engine.wholePayload, isUndisturbed else { return 0 }
    var count = 1
    isReadLent.store(true, ordering: .releasing)
    lendInPlace(payload, behind: 0, type, &side, &failure, body)
    side.engine.takeWhole(payload)
    while isMany, failure == nil, isUndisturbed, let next = side.engine.wholeFrame {
      // The frame before it may have been a message's last fragment; this one is a whole message.
      lendInPlace(next.payload, behind: next.header, ReceiveEngine.commonType, &side, &failure, body)
      side.engine.takeNextWhole(header: next.header, payload: next.payload)
      count += 1
    }
    isReadLent.store(false, ordering: .sequentiallyConsistent)
    // Once it has been disconnected, lent memory may be gone.
    if state.isUsable { _ = beginWhole(&side) }
    return count
  }

  @inline(__always) private func lendInPlace(
    _ count: Int, behind header: Int, _ type: MessageType, _ side: inout ReadSide, _ failure: inout WebSocketError?,
    _ body: Borrower
  ) {
    let message = ReceivedMessage(count: count, type: type, remaining: 0)
    side.engine.input.withFirst(count, behind: header) { bytes in
      note(&failure) { () throws(WebSocketError) in try body(message, bytes) }
    }
  }

  /// Looks for a frame that can be lent whole without asking the socket.
  ///
  /// - Returns: nil if there is none. What is wrong with it the next call tells.
  private func nextWhole(_ side: inout ReadSide) -> (opcode: Opcode?, Void)? {
    guard !side.engine.hasFailed, state.isUsable else { return nil }
    switch nextStep(&side) {
    case .data: return UInt64(side.engine.available) == side.engine.message.remaining ? (nil, ()) : nil
    case .control(let opcode): return (opcode, ())
    default: return nil
    }
  }

  /// Lends what has been found in the input.
  ///
  /// - Parameter control: the opcode of a control frame; nil for data.
  private func lendNext(
    _ control: Opcode?, _ side: inout ReadSide, deadline: Deadline, _ failure: inout WebSocketError?, _ body: Borrower
  ) throws(WebSocketError) {
    var message = side.engine.message
    var count = side.engine.available
    if control == nil, side.engine.isStreaming {
      let wanted = Int(min(message.remaining, UInt64(side.engine.input.capacity)))
      if count < wanted { try gather(wanted, &side, deadline: deadline) }
      count = min(wanted, side.engine.available)
      try engineCall { () throws(EngineFailure) in try side.engine.prepare(count) }
    }
    message.count = count
    message.remaining -= UInt64(count)
    // CLOSE is answered in front of the body, which may take its time.
    if control == .close { answerClose(&side) }
    // The connection's end does not wait for the caller's body. Code behind it that writes to the input has to look at the
    // state first (`awaitUsers`).
    isReadLent.store(true, ordering: .releasing)
    side.engine.withPayload(count) { bytes in
      note(&failure) { () throws(WebSocketError) in try body(message, bytes) }
    }
    isReadLent.store(false, ordering: .sequentiallyConsistent)
    if control == nil { side.engine.takePayload(count) } else { finishControl(&side) }
  }

  /// Gets as much of the frame as comes in time: at least one byte.
  private func gather(_ wanted: Int, _ side: inout ReadSide, deadline: Deadline) throws(WebSocketError) {
    do throws(WebSocketError) {
      while side.engine.input.count < wanted {
        if side.engine.input.freeAtEnd < wanted - side.engine.input.count { side.engine.input.compact() }
        try fill(&side, atMost: side.sizeOfNextRead, deadline: deadline)
      }
    } catch {
      guard !side.engine.input.isEmpty else { throw error }
      owe(error, &side)
    }
  }

  private func note(_ failure: inout WebSocketError?, _ body: () throws(WebSocketError) -> Void) {
    do throws(WebSocketError) {
      try body()
    } catch {
      failure = error
    }
  }
}
