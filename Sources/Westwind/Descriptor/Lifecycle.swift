internal import Synchronization
internal import SystemPackage
internal import WebSocketEngine
internal import WebSocketProtocol
internal import WestwindBuffers
internal import WestwindSockets

/// The end of a connection.
extension BlockingConnection {
  /// How long a thread that was told to let go of a lock is waited for beyond the deadline: it is on its way.
  private static let grace = Timeout.milliseconds(100)

  /// Ends the connection: CLOSE out, CLOSE in, the descriptor freed, in `deadline` at the most; freed on every path.
  ///
  /// - Returns: the peer's status; `.abnormal` where its CLOSE did not come.
  func disconnect(_ close: [UInt8], deadline: Deadline) throws(WebSocketError) -> CloseStatus {
    let before = note(.disconnected)
    guard !before.contains(.disconnected) else { throw .badDescriptor }
    wakeAll()
    let locksBy = max(deadline, Deadline.now.adding(Self.grace))
    defer {
      awaitUsers()
      free()
      Registry.closeStream(of: self)
    }

    // Behind a `close(2)` the socket's number may be another file's.
    if !holdsSocket { isSocketLost.store(true, ordering: .sequentiallyConsistent) }
    if before.isUsable, !isSocketLost.load(ordering: .sequentiallyConsistent) {
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
  func awaitUsers() {
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
  func sendClose(_ body: [UInt8], deadline: Deadline, locksBy: Deadline) throws(WebSocketError) -> Bool {
    while true {
      let outcome = writeSide.withLock(until: locksBy) { side in
        (isDone: sendCloseNow(body, on: &side), hasLeft: !state.contains(.sendFailed))
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
    guard !state.contains(.sendFailed) else { return true }
    do throws(Errno) {
      try flush(&side, deadline: .immediate)
      while let (opcode, body) = queue.withLock({ $0.take() }) {
        if !state.contains(.closeSent) { body.withBytes { append(opcode, $0, to: &side) } }
        try flush(&side, deadline: .immediate)
      }
      if !state.contains(.closeSent) { ControlQueue.Body(body).withBytes { append(.close, $0, to: &side) } }
      try flush(&side, deadline: .immediate)
    } catch {
      if error == .wouldBlock { return false }
      // The peer has gone already, and with it whoever could be told.
      failSending(&side)
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
    guard !state.contains(.closeReceived) else { return .arrived }
    switch nextStep(&side) {
    case .failed, .ended, .control(.close), .needsMemory, .answer: return .arrived
    case .control: finishControl(&side)
    case .data:
      do throws(EngineFailure) {
        if side.engine.available == 0, side.engine.message.remaining > 0 { return readOnce(&side) }
        try side.engine.skipFrame()
      } catch {
        return .arrived
      }
    case .needsInput: return readOnce(&side)
    }
    return .onTheWay
  }

  /// One more read, although the connection is disconnected for everybody else.
  private func readOnce(_ side: inout ReadSide) -> WayToClose {
    side.engine.makeRoom(from: inputPool)
    do throws(Errno) {
      let count = try side.engine.input.withFree { room throws(Errno) in
        try below.receive(into: &room, flags: [], wait: Wait(until: .immediate)).count
      }
      return count > 0 ? .onTheWay : .arrived
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
    readiness.withLock { $0.close() }
    // Whoever has kept the descriptor keeps the connection, but not its buffers.
    _ = writeSide.withLock(until: .immediate) { side in
      side.engine.drop()
      side.engine.releaseMemory(to: outputPool)
    }
    _ = readSide.withLock(until: .immediate) { side in
      empty(&side)
      handBack(&side)
    }
    _ = joined.withLock(until: .immediate) { $0 = nil }
  }

  /// What the descriptor below holds it polls readable for by itself again: a look without taking has it do so.
  private func handBack(_ side: inout ReadSide) {
    guard side.isMoreBelow, !isSocketLost.load(ordering: .sequentiallyConsistent) else { return }
    side.engine.makeRoom(from: inputPool)
    _ = try? side.engine.input.withFree(atMost: 1) { room throws(Errno) in
      try below.receive(into: &room, flags: .peek, wait: Wait(until: .immediate))
    }
    empty(&side)
  }

  private func empty(_ side: inout ReadSide) {
    var state = state
    side.engine.end(&state)
    side.engine.input.release(to: inputPool)
    if let compressionPools { side.engine.releaseInflated(to: compressionPools) }
    side.engine.forgetCompression()
  }
}
