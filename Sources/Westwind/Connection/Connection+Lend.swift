internal import Synchronization
internal import WebSocketProtocol
internal import WestwindSockets

extension Connection {
  typealias Borrower = (ReceivedMessage, RawSpan) throws(WebSocketError) -> Void

  /// Lends the input where the next frame's payload waits: all of it, or as much as the buffer holds or comes in time.
  func withFrame(deadline: Deadline, _ body: Borrower) throws(WebSocketError) {
    _ = try lend(deadline: deadline, isMany: false, body)
  }

  /// Lends the next frame, and after it all that have come whole.
  ///
  /// - Returns: how many; also where the body fails with one of them, which counts.
  func withFrames(deadline: Deadline, _ body: Borrower) throws(WebSocketError) -> Int {
    try lend(deadline: deadline, isMany: true, body)
  }

  private func lend(deadline: Deadline, isMany: Bool, _ body: Borrower) throws(WebSocketError) -> Int {
    // The body's error is no end of the receiving, so it does not pass through `reading` as one.
    var failure: WebSocketError?
    let count = try reading(until: deadline) { side throws(WebSocketError) -> Int in
      var count = lendWhole(&side, isMany: isMany, &failure, body)
      if count == 0 {
        if try !awaitWhole(&side, room: 0, deadline: deadline) { try awaitFrame(&side, deadline: deadline) }
        count = lendWhole(&side, isMany: isMany, &failure, body)
        if count == 0 {
          try lendNext(&side, deadline: deadline, &failure, body)
          count = 1
        }
      }
      while isMany, failure == nil, try hasWholeFrame(&side) {
        let whole = lendWhole(&side, isMany: true, &failure, body)
        count += max(1, whole)
        guard whole == 0 else { continue }
        do throws(WebSocketError) {
          try lendNext(&side, deadline: .immediate, &failure, body)
        } catch {
          // Frames have been lent: what is wrong with this one the next call tells.
          side.failure = error
          count -= 1
        }
      }
      return count
    }
    if let failure { throw failure }
    return count
  }

  /// - Parameter isMany: those that follow too, for as long as they are of the common kind and whole.
  /// - Returns: how many; 0 where it is not the common case: nothing has been done then.
  private func lendWhole(
    _ side: inout ReadSide, isMany: Bool, _ failure: inout WebSocketError?, _ body: Borrower
  ) -> Int {
    guard let (payload, type) = wholePayload(&side) else { return 0 }
    var count = 1
    var (header, payloadCount) = (0, payload)
    isReadLent.store(true, ordering: .releasing)
    while true {
      let message = ReceivedMessage(count: payloadCount, type: type, remaining: 0)
      side.input.withFirst(payloadCount, behind: header) { bytes in
        note(&failure) { () throws(WebSocketError) in try body(message, bytes) }
      }
      side.input.drop(header + payloadCount)
      traffic.noteReceived(bytes: payloadCount)
      guard isMany, failure == nil, isUndisturbed, let next = side.wholeFrame else { break }
      traffic.noteReceivedFrame()
      (header, payloadCount) = next
      count += 1
    }
    isReadLent.store(false, ordering: .sequentiallyConsistent)
    side.frame = nil
    // Once it has been disconnected, lent memory may be gone.
    if phase == .open { _ = beginWhole(&side) }
    return count
  }

  /// Whether the next frame can be lent whole without asking the socket. What is wrong with it the next call tells.
  private func hasWholeFrame(_ side: inout ReadSide) throws(WebSocketError) -> Bool {
    guard !side.hasFailed, !side.hasEnded, phase == .open else { return false }
    do throws(WebSocketError) {
      try parseBuffered(&side)
    } catch {
      side.failure = error
      return false
    }
    guard let frame = side.frame else { return side.control?.isDeliverable == true }
    return frame.isInflated || frame.remaining <= UInt64(side.input.count)
  }

  /// Lends what has been found in the input.
  private func lendNext(
    _ side: inout ReadSide, deadline: Deadline, _ failure: inout WebSocketError?, _ body: Borrower
  ) throws(WebSocketError) {
    guard let frame = side.frame else { return lendControl(&side, &failure, body) }
    guard !frame.isInflated else { return lendInflated(frame, &side, &failure, body) }
    let wanted = Int(min(frame.remaining, UInt64(side.input.capacity)))
    if side.input.count < wanted { try gather(wanted, &side, deadline: deadline) }
    let count = min(wanted, side.input.count)
    try prepare(count, &side)
    let message = ReceivedMessage(count: count, type: frame.type, remaining: frame.remaining - UInt64(count))
    side.input.withFirst(count) { bytes in lend(&failure) { () throws(WebSocketError) in try body(message, bytes) } }
    side.input.drop(count)
    advance(count, &side)
  }

  /// Gets as much of the frame as comes in time: at least one byte.
  private func gather(_ wanted: Int, _ side: inout ReadSide, deadline: Deadline) throws(WebSocketError) {
    do throws(WebSocketError) {
      while side.input.count < wanted {
        if side.input.freeAtEnd < wanted - side.input.count { side.input.compact() }
        try fill(&side, atMost: side.sizeOfNextRead, deadline: deadline)
      }
    } catch {
      guard !side.input.isEmpty else { throw error }
      side.failure = error.isTransient || phase == .disconnected ? nil : error
    }
  }

  private func lendControl(_ side: inout ReadSide, _ failure: inout WebSocketError?, _ body: Borrower) {
    let control = side.control!
    let message = describeControl(&side, count: control.body.count - control.delivered)
    finishControl(&side)
    // Sound: bytes have no padding.
    let bytes = unsafe control.body.bytes.span.bytes.extracting(control.delivered..<control.body.count)
    lend(&failure) { () throws(WebSocketError) in
      try body(ReceivedMessage(count: message.count, type: message.type, remaining: 0), bytes)
    }
  }

  private func lendInflated(
    _ frame: ReadSide.DataFrame, _ side: inout ReadSide, _ failure: inout WebSocketError?, _ body: Borrower
  ) {
    guard let inflation = side.inflation else { return }
    let count = inflation.output.count
    inflation.output.withFirst(count) { bytes in
      lend(&failure) { () throws(WebSocketError) in
        try body(ReceivedMessage(count: count, type: frame.type, remaining: 0), bytes)
      }
    }
    inflation.dropOutput()
    advance(count, &side)
  }

  /// Runs the caller's body, for which the connection's end does not wait. Code behind it that writes to the input has
  /// to look at the phase first (`awaitUsers`).
  private func lend(_ failure: inout WebSocketError?, _ body: () throws(WebSocketError) -> Void) {
    isReadLent.store(true, ordering: .releasing)
    note(&failure, body)
    isReadLent.store(false, ordering: .sequentiallyConsistent)
  }

  private func note(_ failure: inout WebSocketError?, _ body: () throws(WebSocketError) -> Void) {
    do throws(WebSocketError) {
      try body()
    } catch {
      failure = error
    }
  }
}
