internal import Synchronization
internal import SystemPackage
internal import TLSEngine
internal import WestwindBuffers
internal import WestwindSockets

extension TLSConnection {
  /// Gets more ciphertext from the descriptor below and hands it to the engine, which has used up what it had.
  ///
  /// The end of the stream, and errors of the descriptor below, become the engine's failure: they come behind what was
  /// received before.
  ///
  /// - Parameters:
  ///   - limit: the most bytes to get.
  ///   - own: what wakes this thread: `readWaker`, or a writer's, which another reader does not wait with.
  /// - Throws: only what does not end the stream: `EAGAIN` at the deadline, or that another thread ended the wait.
  func fill(_ side: inout ReadSide, atMost limit: Int = .max, _ wait: Wait, _ own: Waker) throws(Errno) {
    var input = ByteQueue(capacity: TLSConnectionEngine.bufferCapacity)
    input.acquire(from: memory)
    defer { input.release(to: memory) }
    do throws(Errno) {
      let count = try receiveCiphertext(into: &input, atMost: limit, &side, wait, own)
      if count == 0 { tls.withLock { $0.fail(.truncated) } }
    } catch {
      guard error.endsStream, error != .badFileDescriptor || !isClosed.load(ordering: .acquiring) else { throw error }
      tls.withLock { $0.fail(.system(error)) }
    }
    guard !input.isEmpty else { return }
    // OpenSSL said that it needs more, and says so only when it has asked for input and got nothing. Since then nobody has put
    // any there: who does holds the read side's lock, and has held it since then, or is in the handshake, before whose end
    // nobody else gets here.
    tls.withLock { $0.engine.exchangeInput(&input) }
  }

  private func receiveCiphertext(
    into buffer: inout ByteQueue, atMost limit: Int, _ side: inout ReadSide, _ wait: Wait, _ own: Waker
  ) throws(Errno) -> Int {
    let hasSent = hasSent.load(ordering: .relaxed)
    if hasSent { self.hasSent.store(false, ordering: .relaxed) }
    if wait.deadline != .immediate, side.prediction.waitsFirst(hasSent: hasSent) { try waitForInput(wait, own) }
    var hasFoundNothing = false
    while true {
      try checkIsOpen()
      if isReadShut.load(ordering: .sequentiallyConsistent) { throw .woken }
      do throws(Errno) {
        return try buffer.withFree(atMost: limit) { room throws(Errno) in
          let count = try below.receive(into: &room, flags: [], wait: Wait(until: .immediate)).count
          if room.isFull { side.prediction.noteFull() }
          return count
        }
      } catch {
        switch error {
        case .interrupted: continue
        case .wouldBlock:
          // A descriptor that is ready and gives nothing does not make this outlast its time.
          if hasFoundNothing, wait.deadline?.hasPassed == true { throw .wouldBlock }
          hasFoundNothing = true
          side.prediction.noteNothing()
          try waitForInput(wait, own)
        default: throw error
        }
      }
    }
  }

  /// Waits until the descriptor below has input, and meanwhile sends what OpenSSL has said.
  ///
  /// - Throws: `EAGAIN` at the deadline; `woken` if the read direction has been shut, or, to a caller that has a waker, if
  ///   another thread has ended the wait.
  func waitForInput(_ wait: Wait, _ own: Waker) throws(Errno) {
    while true {
      // Another thread that closes or shuts this from here on ends the wait.
      own.clear()
      try checkIsOpen()
      if isReadShut.load(ordering: .sequentiallyConsistent) { throw .woken }
      let watchesRoom = pump(asReader: true) && hasOutput.load(ordering: .sequentiallyConsistent)
      if wait.deadline == .immediate { throw .wouldBlock }
      do throws(Errno) {
        let found = try waitBelow(for: watchesRoom ? [.readable, .writable] : .readable, wait, own)
        if found.isEmpty { throw .wouldBlock }
        if found != .writable { return }
        // A peer that takes what OpenSSL says, and has it say more, does not make this outlast its time.
        if wait.deadline?.hasPassed == true { throw .wouldBlock }
      } catch {
        // Whom the wake-up is for only the layers above can tell, who look and wait again.
        guard error == .woken, wait.waker == nil else { throw error }
      }
    }
  }

  /// Waits under the caller's waker, if there is one, and one of this connection's.
  func waitBelow(for events: PollEvents, _ wait: Wait, _ own: Waker) throws(Errno) -> PollEvents {
    guard wait.waker != nil else {
      return try below.wait(for: events, Wait(until: wait.deadline ?? .forever, waker: own))
    }
    return try own.withWaiting { () throws(Errno) in try below.wait(for: events, wait) }
  }
}
