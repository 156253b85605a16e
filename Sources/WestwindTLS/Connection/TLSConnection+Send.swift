internal import Synchronization
internal import SystemPackage
internal import TLSEngine
internal import WestwindBuffers
internal import WestwindSockets

extension TLSConnection {
  func send(_ payload: Payload, flags: MessageFlags, wait: Wait) throws(Errno) -> Int {
    try checkIsConnected()
    guard !payload.isEmpty else { return 0 }
    let deadline = deadline(of: wait, flags, timeouts.sending)
    defer { pump() }  // also if this throws: what the reader left meanwhile has nobody else
    hasSent.store(true, ordering: .relaxed)
    let sent = try writeSide.withLock(until: deadline) { side throws(Errno) in
      try checkIsOpen()  // anew: once `close` has had the lock, the socket's number may be another's
      let isHeld = flags.contains(.more)
      let hasUrgent = hasOutput.load(ordering: .sequentiallyConsistent)
      defer { finishSending(&side, isHeld: isHeld && !hasUrgent && side.outgoing.isEmpty) }
      var sent = 0
      do throws(Errno) {
        let wait = wait.until(deadline)
        try send(payload, on: &side, isHeld: isHeld, &sent, wait)
      } catch {
        if error.endsStream, error != .brokenPipe || !isWriteShut.load(ordering: .acquiring) {
          abandonOutput(&side, error)
        }
        // What has been encrypted is taken: it waits, and leaves in its turn. The error comes again with the next call.
        guard sent > 0 else { throw error }
      }
      return sent
    }
    guard let sent else { throw .wouldBlock }
    return sent
  }

  private func send(
    _ payload: Payload, on side: inout WriteSide, isHeld: Bool, _ sent: inout Int, _ wait: Wait
  ) throws(Errno) {
    if let failure = side.failure { throw failure }
    // Pending output leaves by itself, as far as it can.
    if isWriteShut.load(ordering: .sequentiallyConsistent) { throw .brokenPipe }
    if !side.outgoing.isEmpty { try flush(&side, wait) }
    while sent < payload.byteCount {
      if isWriteShut.load(ordering: .acquiring) { throw .brokenPipe }
      let step = encrypt(payload.dropping(first: sent), on: &side, isHeld: isHeld, &sent)
      switch step {
      case .done where isHeld: continue
      case .done, .needsOutput: try flush(&side, wait)
      case .needsInput:
        try flush(&side, wait)
        try awaitReader(wait)
      case .failed: throw tls.withLock { $0.failure?.errno } ?? .protocolError
      case .ended: throw .brokenPipe
      }
      // A peer that reads all the time does not make this outlast its time.
      if sent < payload.byteCount, let deadline = wait.deadline, deadline != .immediate, deadline.hasPassed {
        throw .wouldBlock
      }
    }
  }

  /// Makes records of the payload, as many as the output has room for. If they are not held back, they are on their way to the
  /// socket from then on.
  private func encrypt(
    _ payload: Payload, on side: inout WriteSide, isHeld: Bool, _ sent: inout Int
  ) -> TLSConnectionEngine.Step {
    tls.withLock { tls in
      let step = tls.engine.write(payload, taken: &sent, memory: memory)
      if !isHeld, side.outgoing.isEmpty { tls.engine.exchangeOutput(&side.outgoing) }
      return step
    }
  }

  /// OpenSSL is in the middle of a message of the peer's (a KeyUpdate in several records) and takes nothing before it
  /// has the rest. Whoever reads, reads it; if nobody does, this does.
  private func awaitReader(_ wait: Wait) throws(Errno) {
    let deadline = wait.deadline ?? .forever
    let soon = min(deadline, Deadline.now.adding(.milliseconds(5)))
    _ = try readSide.withLock(until: soon) { side throws(Errno) in
      // OpenSSL may also have stopped because the output was full; then what has come is not through yet.
      if settle(&side) || tls.withLock({ $0.engine.hasInput }) { return }
      do throws(Errno) {
        try fill(&side, wait.until(deadline), writeWaker)
      } catch {
        // The rest of the message is nobody's to read any more.
        throw error == .woken && isReadShut.load(ordering: .sequentiallyConsistent) ? .brokenPipe : error
      }
      settle(&side)
    }
    if deadline.hasPassed { throw .wouldBlock }
  }
}

extension Errno {
  /// Nothing more can be sent; other errors say only that it was not the time.
  var endsStream: Bool {
    switch self {
    case .wouldBlock, .interrupted, .woken: false
    default: true
    }
  }
}
