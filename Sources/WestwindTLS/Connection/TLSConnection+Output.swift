internal import Synchronization
internal import SystemPackage
internal import WestwindSockets

extension TLSConnection {
  /// Notes that the engine has said something. To be called under its lock.
  func noteOutput(_ engine: borrowing Engine) {
    if engine.transport.hasOutput { hasOutput.store(true, ordering: .sequentiallyConsistent) }
  }

  /// Sends what waits, as far as the socket takes it now, if the write side is free; if it is not, its holder does so
  /// when it is through, since it looks here after it has let go.
  func pump() {
    while hasOutput.load(ordering: .sequentiallyConsistent) {
      let isDone = writeSide.withLock(until: .immediate) { side in
        // `close` sends what it can; the socket's number may be another's since.
        if isClosed.load(ordering: .acquiring) {
          hasOutput.store(false, ordering: .sequentiallyConsistent)
          return true
        }
        do throws(Errno) {
          try flush(&side, Wait(until: .immediate))
        } catch {
          if error != .wouldBlock, error != .interrupted { abandonOutput(&side, error) }
        }
        return finishSending(&side)
      }
      guard isDone == true else { return }
    }
  }

  /// Sends all ciphertext, waiting as told. Behind what a writer had enciphered it looks into the engine again only where
  /// the reader said that it left something there.
  func flush(_ side: inout WriteSide, _ wait: Wait) throws(Errno) {
    repeat {
      if isWriteShut.load(ordering: .acquiring) {
        engine.withLock { $0.close() }
      }
      if side.outgoing == nil {
        engine.withLock { swap(&side.outgoing, &$0.transport.output) }
      }
      guard let count = side.outgoing?.count, count > 0 else {
        side.outgoing = nil
        return
      }
      let sent = try side.outgoing!.withBytes { bytes throws(Errno) in try sendSome(bytes, wait) }
      side.outgoing!.drop(sent)
      if sent == count {
        side.outgoing = nil
      } else if wait.deadline != .immediate {
        // A socket that has taken a part is full: the next call would take nothing.
        try waitForRoom(wait)
      }
    } while side.outgoing != nil || hasOutput.load(ordering: .sequentiallyConsistent)
      || isWriteShut.load(ordering: .acquiring)
  }

  /// Sends at least one byte. Tries first, and waits as told if the socket takes nothing.
  private func sendSome(_ bytes: RawSpan, _ wait: Wait) throws(Errno) -> Int {
    while true {
      do throws(Errno) {
        return try below.send(bytes, RawSpan(), RawSpan(), flags: [], wait: Wait(until: .immediate))
      } catch {
        switch error {
        case .interrupted where wait.deadline != .immediate: continue
        case .wouldBlock where wait.deadline != .immediate: try waitForRoom(wait)
        default: throw error
        }
      }
    }
  }

  /// - Throws: `EAGAIN` at the deadline; `EPIPE` behind `shutdown`: what has been enciphered leaves then too, but nobody
  ///   waits for it.
  private func waitForRoom(_ wait: Wait) throws(Errno) {
    while true {
      writeWaker.clear()
      try checkIsOpen()
      if isWriteShut.load(ordering: .acquiring) { throw .brokenPipe }
      do throws(Errno) {
        guard !(try waitBelow(for: .writable, wait, writeWaker).isEmpty) else { throw .wouldBlock }
        return
      } catch {
        guard error == .woken, wait.waker?.isWoken != true else { throw error }
      }
    }
  }

  /// Notes what still has to leave, and who is to see to it.
  ///
  /// - Parameter isHeld: the caller holds it back, and will see to it.
  /// - Returns: whether all has left.
  @discardableResult
  func finishSending(_ side: inout WriteSide, isHeld: Bool = false) -> Bool {
    let isShut = isWriteShut.load(ordering: .acquiring)
    let mayBePending = hasOutput.load(ordering: .sequentiallyConsistent) || side.outgoing != nil || isHeld
    // The usual end of a call: `flush` has left nothing.
    if !mayBePending, !isShut, !side.isWaitingForRoom { return true }
    let isEmpty = engine.withLock { engine in
      let isEmpty = side.outgoing == nil && !engine.transport.hasOutput && !(isShut && engine.owesClose)
      hasOutput.store(!isEmpty && !isHeld, ordering: .sequentiallyConsistent)
      return isEmpty
    }
    if isEmpty, isShut, !side.hasShutBelow {
      side.hasShutBelow = true
      try? below.shutdown(.write)
    }
    let isPending = !isEmpty && !isHeld
    if isPending != side.isWaitingForRoom {
      side.isWaitingForRoom = isPending
      readiness.withLock { $0.setWatchesOutput(isPending) }
      // A thread that is blocked in receiving is to watch for room from now on.
      if isPending { readWaker.wake() }
    }
    return isEmpty
  }

  /// Nothing can be sent any more. The reader finds out by itself, behind what the peer still had to say.
  func abandonOutput(_ side: inout WriteSide, _ error: Errno) {
    side.outgoing = nil
    side.failure = error
    engine.withLock { $0.transport.output = nil }
  }
}
