internal import Synchronization
internal import SystemPackage
internal import WebSocketProtocol
internal import WestwindSockets

extension Connection {
  /// How long a thread that was told to let go of a lock is waited for beyond the deadline: it is on its way.
  private static let grace = Timeout.milliseconds(100)

  /// Ends the connection: CLOSE out, CLOSE in, the descriptor freed, in `deadline` at the most; freed on every path.
  ///
  /// - Returns: the peer's status; `.abnormal` where its CLOSE did not come.
  func disconnect(_ close: [UInt8], deadline: Deadline) throws(WebSocketError) -> CloseStatus {
    let before = phaseValue.exchange(Phase.disconnected.rawValue, ordering: .sequentiallyConsistent)
    guard before != Phase.disconnected.rawValue else { throw .badDescriptor }
    readWaker.wake()
    writeWaker.wake()
    readiness.withLock { $0.wake() }
    let locksBy = max(deadline, Deadline.now.adding(Self.grace))
    defer {
      awaitUsers()
      free()
    }

    if before == Phase.open.rawValue {
      let hasLeft = try sendClose(close, deadline: deadline, locksBy: locksBy)
      // Where CLOSE could not leave, the peer's may still have come, but there is nothing to wait for.
      awaitClose(deadline: hasLeft ? deadline : .immediate, locksBy: locksBy)
    }
    return closeStatus.withLock { $0 } ?? CloseStatus(code: .abnormal)
  }

  // Both halves let go of the lock before they wait: threads that wait for it are to find the connection ended at once.

  /// Returns when no thread can use the socket, or write to memory that the caller lent, any more: both belong to others
  /// from then on. A thread that has a lock has been woken, and lets go of it without waiting for anything; only a body of
  /// the caller's may keep it, which uses neither.
  ///
  /// Dekker's algorithm: this stores the phase, then loads `isReadLent`; the thread that has the lock stores `isReadLent`
  /// behind the body, then loads the phase before it goes on.
  private func awaitUsers() {
    repeat {
      if writeSide.withLock(until: .now.adding(Self.grace), { _ in }) != nil { break }
    } while isOfThisProcess && !isWriteLent.load(ordering: .sequentiallyConsistent)
    repeat {
      if readSide.withLock(until: .now.adding(Self.grace), { _ in }) != nil { break }
    } while isOfThisProcess && !isReadLent.load(ordering: .sequentiallyConsistent)
  }

  /// Sends what waits, and CLOSE if it has not been sent.
  ///
  /// - Returns: false where the peer has gone, or a frame was cut short before.
  private func sendClose(_ body: [UInt8], deadline: Deadline, locksBy: Deadline) throws(WebSocketError) -> Bool {
    while true {
      let outcome = writeSide.withLock(until: locksBy) { side in
        (isDone: sendCloseNow(body, on: &side), hasLeft: side.failure == nil)
      }
      guard let outcome else { break }
      if outcome.isDone { return outcome.hasLeft }
      guard !deadline.hasPassed, let found = try? below.wait(for: .writable, Wait(until: deadline)), !found.isEmpty
      else { break }
    }
    throw .timedOut
  }

  /// - Returns: false where the socket does not take all of it now.
  private func sendCloseNow(_ body: [UInt8], on side: inout WriteSide) -> Bool {
    guard side.failure == nil else { return true }
    var sent = 0
    do throws(Errno) {
      try flush(&side, &sent, deadline: .immediate)
      while let (opcode, body) = queue.withLock({ $0.take() }) {
        if !side.state.hasSentClose { append(opcode, body, to: &side) }
        try flush(&side, &sent, deadline: .immediate)
      }
      if !side.state.hasSentClose { append(.close, ControlQueue.Body(body), to: &side) }
      try flush(&side, &sent, deadline: .immediate)
    } catch {
      if error == .wouldBlock { return false }
      // The peer has gone already, and with it whoever could be told.
      side.failure = error
    }
    return true
  }

  /// How far the way to the peer's CLOSE is.
  private enum WayToClose {
    case arrived
    /// One read has been made, and more may be there.
    case onTheWay
    /// Nothing is there now.
    case waiting
  }

  /// Reads on, and past whatever comes, until the peer's CLOSE.
  private func awaitClose(deadline: Deadline, locksBy: Deadline) {
    while let step = readSide.withLock(until: locksBy, { side in readTowardsClose(&side) }), step != .arrived {
      // A peer that sends without end is not waited for any longer than a silent one.
      guard !locksBy.hasPassed else { return }
      if step == .waiting {
        guard let found = try? below.wait(for: .readable, Wait(until: deadline)), !found.isEmpty else { return }
      }
    }
  }

  private func readTowardsClose(_ side: inout ReadSide) -> WayToClose {
    guard !side.hasEnded, !side.hasReceivedClose, !side.hasFailed else { return .arrived }
    do throws(WebSocketError) {
      try skipPayload(&side)
      if side.control?.isDeliverable == true { side.control = nil }
      if side.input.isEmpty, let step = readOnce(&side) { return step }
      try parseBuffered(&side)
      return .onTheWay
    } catch {
      return .arrived
    }
  }

  /// Takes off what has come of the present frame. Text is checked all the same: the next fragment's is judged by it.
  private func skipPayload(_ side: inout ReadSide) throws(WebSocketError) {
    guard let frame = side.frame else { return }
    if frame.isInflated {
      side.inflation?.dropOutput()
      side.frame = nil
      return
    }
    let count = Int(min(UInt64(side.input.count), frame.remaining))
    try prepare(count, &side)
    side.input.drop(count)
    side.frame = frame.remaining == UInt64(count) ? nil : frame.skipping(count)
  }

  /// One more read, although the connection is disconnected for everybody else.
  ///
  /// - Returns: nil where something came.
  private func readOnce(_ side: inout ReadSide) -> WayToClose? {
    do throws(Errno) {
      let count = try side.input.withFree { room throws(Errno) in
        try below.receive(into: &room, flags: [], wait: Wait(until: .immediate)).count
      }
      return count > 0 ? nil : .arrived
    } catch {
      switch error {
      case .interrupted: return .onTheWay
      case .wouldBlock: return .waiting
      default: return .arrived
      }
    }
  }

  /// Gives the number back. Nobody uses it by then: it is out of the tables, and the switches of readiness check for
  /// it.
  private func free() {
    Registry.unlist(self)
    SocketDescriptor.unregister(number: number)
    readiness.withLock { $0.close() }
    // Whoever has kept the descriptor keeps the connection, but not its buffers.
    _ = writeSide.withLock(until: .immediate) { $0.empty() }
    _ = readSide.withLock(until: .immediate) { side in
      side.empty()
      handBack(&side)
    }
    _ = partialMessages.withLock(until: .immediate) { $0 = nil }
  }

  /// What the descriptor below holds it polls readable for by itself again: a look without taking has it do so.
  private func handBack(_ side: inout ReadSide) {
    guard side.isMoreBelow else { return }
    _ = try? side.input.withFree(atMost: 1) { room throws(Errno) in
      try below.receive(into: &room, flags: .peek, wait: Wait(until: .immediate))
    }
    side.empty()
  }
}

extension ReadSide.DataFrame {
  func skipping(_ count: Int) -> Self {
    var frame = self
    frame.remaining -= UInt64(count)
    frame.offset += count
    frame.prepared = 0
    return frame
  }
}
