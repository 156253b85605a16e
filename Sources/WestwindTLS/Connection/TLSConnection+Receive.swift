internal import Synchronization
internal import SystemPackage
internal import TLSEngine
internal import WestwindSockets

extension TLSConnection {
  /// The most ciphertext, in bytes, that is read behind a read that gave no plaintext: a record. It may be as full of messages
  /// that OpenSSL has to compute for (KeyUpdate, session tickets), and between two such reads the clock is looked at.
  static let smallRead = TLSConnectionEngine.recordSize + 256 + 5
  /// How long a call that does not wait goes on reading what gives no plaintext.
  static let patience = Timeout.milliseconds(10)

  func receive(
    into output: inout OutputRawSpan, flags: MessageFlags, wait: Wait
  ) throws(Errno) -> ReceivedMetadata {
    let count = try receive(into: &output, flags, wait) { side in _ = settle(&side) }
    return ReceivedMetadata(count: count)
  }

  func receive(into output: inout OutputRawSpan, wait: Wait, holdsMore: inout Bool) throws(Errno) -> Int {
    holdsMore = false
    return try receive(into: &output, [], wait) { side in holdsMore = settle(&side, isToldAbove: true) }
  }

  /// - Parameter settle: what is done with the lock still held, also where this throws.
  private func receive(
    into output: inout OutputRawSpan, _ flags: MessageFlags, _ wait: Wait, settle: (inout ReadSide) -> Void
  ) throws(Errno) -> Int {
    try checkIsConnected()
    guard !output.isFull else { return 0 }
    let deadline = deadline(of: wait, flags, timeouts.receiving)
    defer { pump() }
    let count = try readSide.withLock(until: deadline) { side throws(Errno) in
      defer { settle(&side) }
      return try receive(into: &output, flags, on: &side, wait.until(deadline))
    }
    if let count { return count }
    try checkIsOpen()
    throw .wouldBlock
  }

  private func receive(
    into output: inout OutputRawSpan, _ flags: MessageFlags, on side: inout ReadSide, _ wait: Wait
  ) throws(Errno) -> Int {
    let start = output.byteCount
    var reads = 0
    var end = Deadline.forever
    while true {
      if isReadShut.load(ordering: .acquiring) { return output.byteCount - start }
      let step = decrypt(into: &output, isPeek: flags.contains(.peek))
      let count = output.byteCount - start
      if count > 0, output.isFull || !flags.contains(.waitForAll) || flags.contains(.peek) { return count }
      do throws(Errno) {
        switch step {
        case .done, .ended: return count
        case .failed: throw tls.withLock { $0.failure?.errno } ?? .protocolError
        case .needsOutput: try awaitRoom(wait)
        case .needsInput:
          if reads == 1 { end = wait.deadline.flatMap { $0 == .immediate ? nil : $0 } ?? Deadline(Self.patience) }
          if reads > 0, end.hasPassed { throw .wouldBlock }
          try fill(&side, atMost: reads == 0 ? .max : Self.smallRead, wait, readWaker)
          reads += 1
        }
      } catch {
        if error == .woken, isReadShut.load(ordering: .acquiring) { continue }
        // What has come is the caller's; an error that lasts comes again with the next call.
        guard count > 0 else { throw error }
        return count
      }
    }
  }

  private func decrypt(into output: inout OutputRawSpan, isPeek: Bool) -> TLSConnectionEngine.Step {
    tls.withLock { tls in
      let step = tls.engine.read(into: &output, isPeek: isPeek, memory: memory)
      noteOutput(tls.engine)
      return step
    }
  }

  /// Waits for room: OpenSSL has output of its own before it goes on, and its buffer is full. Input is not waited for, since
  /// that which has come is not through yet.
  private func awaitRoom(_ wait: Wait) throws(Errno) {
    while true {
      readWaker.clear()
      try checkIsOpen()
      if isReadShut.load(ordering: .sequentiallyConsistent) { throw .woken }
      pump(asReader: true)
      guard hasOutput.load(ordering: .sequentiallyConsistent) else { return }
      do throws(Errno) {
        if try waitBelow(for: .writable, wait, readWaker).isEmpty { throw .wouldBlock }
        if wait.deadline?.hasPassed == true { throw .wouldBlock }
      } catch {
        guard error == .woken, wait.waker == nil else { throw error }
      }
    }
  }

  /// Reads ahead in what waits, so that the descriptor polls readable exactly when something can be delivered,
  /// or that the layer above knows and does.
  ///
  /// - Parameter isToldAbove: the caller needs no more than to be told.
  /// - Returns: whether something can be.
  @discardableResult
  func settle(_ side: inout ReadSide, isToldAbove: Bool = false) -> Bool {
    let isBuffered = tls.withLock { tls in
      let isBuffered = tls.engine.hasDeliverable(memory: memory)
      noteOutput(tls.engine)
      return isBuffered
    }
    if isBuffered != holdsDeliverable.load(ordering: .relaxed) {
      holdsDeliverable.store(isBuffered, ordering: .releasing)
    }
    guard isBuffered != side.isBuffered, !isBuffered || !isToldAbove else { return isBuffered }
    side.isBuffered = isBuffered
    // What another thread has ended stays readable: that is asked under the lock under which it is told.
    readiness.withLock {
      $0.setBuffered(
        isBuffered || isClosed.load(ordering: .acquiring) || isReadShut.load(ordering: .acquiring))
    }
    return isBuffered
  }
}
