internal import Synchronization
internal import SystemPackage
internal import WestwindSockets

extension TLSConnection {
  /// Gets more ciphertext from the descriptor below and hands it to the engine, which has used up what it had.
  ///
  /// The end of the stream, and errors of the descriptor below, become the engine's failure: they come behind what was
  /// received before.
  ///
  /// - Throws: only what does not end the stream: `EAGAIN` at the deadline, or that another thread ended the wait.
  func fill(_ side: inout ReadSide, _ wait: Wait) throws(Errno) {
    var buffer = RecordBuffer()
    do throws(Errno) {
      let count = try receiveCiphertext(into: &buffer, &side, wait)
      if count == 0 { engine.withLock { $0.fail(.truncated) } }
    } catch {
      guard error.endsStream, error != .badFileDescriptor || !isClosed.load(ordering: .acquiring) else { throw error }
      engine.withLock { $0.fail(.system(error)) }
    }
    var input = Optional(buffer)
    engine.withLock { engine in
      // OpenSSL said that it needs more, and says so only when it has asked the transport and got nothing. Since then nobody
      // has put anything there: who does holds the read side's lock, and has held it since then, or is in the handshake,
      // before whose end nobody else gets here.
      assert(!engine.transport.hasInput, "ciphertext that has come would be lost")
      swap(&engine.transport.input, &input)
    }
  }

  private func receiveCiphertext(
    into buffer: inout RecordBuffer, _ side: inout ReadSide, _ wait: Wait
  ) throws(Errno) -> Int {
    let hasSent = hasSent.load(ordering: .relaxed)
    if hasSent { self.hasSent.store(false, ordering: .relaxed) }
    if wait.deadline != .immediate, side.prediction.waitsFirst(hasSent: hasSent) { try waitForInput(wait) }
    while true {
      try checkIsOpen()
      if isReadShut.load(ordering: .acquiring) { throw .woken }
      do throws(Errno) {
        return try buffer.withFree { room throws(Errno) in
          let count = try below.receive(into: &room, flags: [], wait: Wait(until: .immediate)).count
          if room.isFull { side.prediction.noteFull() }
          return count
        }
      } catch {
        switch error {
        case .interrupted: continue
        case .wouldBlock:
          side.prediction.noteNothing()
          try waitForInput(wait)
        default: throw error
        }
      }
    }
  }

  /// - Throws: `EAGAIN` at the deadline, `woken` if another thread has ended the wait or the read direction.
  private func waitForInput(_ wait: Wait) throws(Errno) {
    guard wait.deadline != .immediate else {
      if hasOutput.load(ordering: .sequentiallyConsistent) { pump() }
      throw .wouldBlock
    }
    if try waitBelow(for: .readable, wait).isEmpty { throw .wouldBlock }
  }

  /// Waits until the descriptor below is ready, and meanwhile sends what OpenSSL has said.
  ///
  /// - Returns: the events that are there; none at the deadline.
  /// - Throws: `woken` if the caller has been woken, or the direction has been shut.
  func waitBelow(for events: PollEvents, _ wait: Wait) throws(Errno) -> PollEvents {
    let isReading = events.contains(.readable)
    let own = isReading ? readWaker : writeWaker
    while true {
      // Another thread that closes or shuts this from here on ends the wait.
      own.clear()
      try checkIsOpen()
      if isReading ? isReadShut.load(ordering: .acquiring) : isWriteShut.load(ordering: .acquiring) { throw .woken }
      if hasOutput.load(ordering: .sequentiallyConsistent) { pump() }
      let isPending = hasOutput.load(ordering: .sequentiallyConsistent)
      do throws(Errno) {
        let found = try waitBelow(for: isPending ? events.union(.writable) : events, wait, own)
        if isPending, found.contains(.writable) { pump() }
        guard !found.isEmpty, found.subtracting(.writable).union(found.intersection(events)).isEmpty else {
          return found
        }
      } catch {
        // This connection has been woken, and looks again; or its caller, who does.
        guard error == .woken, wait.waker?.isWoken != true else { throw error }
      }
    }
  }

  /// Waits under the caller's waker, if there is one, and this connection's own.
  func waitBelow(for events: PollEvents, _ wait: Wait, _ own: Waker) throws(Errno) -> PollEvents {
    guard wait.waker != nil else {
      return try below.wait(for: events, Wait(until: wait.deadline ?? .forever, waker: own))
    }
    return try own.withWaiting { () throws(Errno) in try below.wait(for: events, wait) }
  }
}
