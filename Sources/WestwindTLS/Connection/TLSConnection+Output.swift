internal import Synchronization
internal import SystemPackage
internal import TLSEngine
internal import WestwindBuffers
internal import WestwindSockets

extension TLSConnection {
  /// Notes that the engine has said something. To be called under its lock.
  func noteOutput(_ engine: borrowing TLSConnectionEngine) {
    if engine.hasOutput { hasOutput.store(true, ordering: .sequentiallyConsistent) }
  }

  /// Sends what waits, as far as the socket takes it now, if the write side is free; if it is not, its holder does so
  /// when it is through, since it looks here after it has let go.
  ///
  /// - Parameter isReader: the caller is about to wait for room itself, and is not woken for it.
  /// - Returns: false if another thread has the write side.
  @discardableResult
  func pump(asReader isReader: Bool = false) -> Bool {
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
        return finishSending(&side, isReader: isReader)
      }
      guard let isDone else { return false }
      if !isDone { return true }
    }
    return true
  }

  /// Sends all ciphertext, waiting as told. Behind a writer's records it looks into the engine again only if the reader said
  /// that it left something there.
  ///
  /// - Throws: `EAGAIN` also if the reader leaves more there all the time, since the peer has OpenSSL answer.
  func flush(_ side: inout WriteSide, _ wait: Wait) throws(Errno) {
    var rounds = 0
    repeat {
      rounds += 1
      if rounds > 16, wait.deadline?.hasPassed == true { throw .wouldBlock }
      if isWriteShut.load(ordering: .acquiring) {
        tls.withLock { $0.engine.close(memory: memory) }
      }
      if side.outgoing.isEmpty {
        tls.withLock { $0.engine.exchangeOutput(&side.outgoing) }
      }
      guard !side.outgoing.isEmpty else { return }
      let sent = try side.outgoing.withFirst(.max) { bytes throws(Errno) in try sendSome(bytes, wait) }
      side.outgoing.drop(sent)
      side.outgoing.release(to: memory)
    } while !side.outgoing.isEmpty || hasOutput.load(ordering: .sequentiallyConsistent)
      || isWriteShut.load(ordering: .acquiring)
  }

  /// Sends at least one byte, waiting as told, whatever a descriptor below makes of waiting.
  ///
  /// - Throws: `EAGAIN` at the deadline; `EPIPE` behind `shutdown`: what has been encrypted leaves then too, but nobody
  ///   waits for it; `woken` to a caller that has a waker.
  private func sendSome(_ bytes: RawSpan, _ wait: Wait) throws(Errno) -> Int {
    guard wait.deadline != .immediate else { return try sendBelow(bytes, wait) }
    var hasFoundNoRoom = false
    while true {
      // Another thread that closes or shuts this from here on ends the wait.
      writeWaker.clear()
      try checkIsOpen()
      let isShut = isWriteShut.load(ordering: .sequentiallyConsistent)
      do throws(Errno) {
        do throws(Errno) {
          return try sendBelow(bytes, isShut ? Wait(until: .immediate) : wait)
        } catch {
          switch error {
          case .interrupted: continue
          case .wouldBlock where isShut: throw .brokenPipe
          case .wouldBlock:
            if hasFoundNoRoom, wait.deadline?.hasPassed == true { throw error }
            hasFoundNoRoom = true
            if try waitBelow(for: .writable, wait, writeWaker).isEmpty { throw error }
          default: throw error
          }
        }
      } catch {
        guard error == .woken, wait.waker == nil else { throw error }
      }
    }
  }

  private func sendBelow(_ bytes: RawSpan, _ wait: Wait) throws(Errno) -> Int {
    try checkIsOpenBelow()
    guard wait.deadline != .immediate else {
      return try below.send(Payload(bytes), flags: [], wait: Wait(until: .immediate))
    }
    guard wait.waker != nil else {
      let wait = Wait(until: wait.deadline ?? .forever, waker: writeWaker)
      return try below.send(Payload(bytes), flags: [], wait: wait)
    }
    return try writeWaker.withWaiting { () throws(Errno) in
      try below.send(Payload(bytes), flags: [], wait: wait)
    }
  }

  /// - Throws: `EBADF` if the socket's number may be another file's.
  private func checkIsOpenBelow() throws(Errno) {
    if isSocketLost.load(ordering: .sequentiallyConsistent) { throw .badFileDescriptor }
  }

  /// Notes what still has to leave, and who is to see to it.
  ///
  /// - Parameter isHeld: the caller holds it back, and will see to it.
  /// - Returns: whether all has left.
  @discardableResult
  func finishSending(_ side: inout WriteSide, isHeld: Bool = false, isReader: Bool = false) -> Bool {
    let isShut = isWriteShut.load(ordering: .acquiring)
    let mayBePending = hasOutput.load(ordering: .sequentiallyConsistent) || !side.outgoing.isEmpty || isHeld
    // The usual end of a call: `flush` has left nothing.
    if !mayBePending, !isShut, !side.isWaitingForRoom { return true }
    let isEmpty = tls.withLock { tls in
      let isEmpty = side.outgoing.isEmpty && !tls.engine.hasOutput && !(isShut && tls.engine.owesClose)
      hasOutput.store(!isEmpty && !isHeld, ordering: .sequentiallyConsistent)
      return isEmpty
    }
    if isEmpty, isShut, !side.hasShutBelow {
      side.hasShutBelow = true
      try? socketBelow().shutdown(.write)
    }
    let isPending = !isEmpty && !isHeld
    if isPending != side.isWaitingForRoom {
      side.isWaitingForRoom = isPending
      readiness.withLock { $0.setWatchesOutput(isPending) }
    }
    // A thread that is blocked in receiving is to watch for room from now on.
    if isPending, !isReader { readWaker.wake() }
    return isEmpty
  }

  /// Nothing can be sent any more. The reader finds out by itself, behind what the peer still had to say.
  func abandonOutput(_ side: inout WriteSide, _ error: Errno) {
    side.outgoing.drop(side.outgoing.count)
    side.outgoing.release(to: memory)
    side.failure = error
    tls.withLock { $0.engine.discardOutput(memory: memory) }
  }
}
