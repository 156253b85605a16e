internal import Synchronization
internal import SystemPackage
internal import WestwindSockets

extension TLSConnection {
  func send(
    _ first: RawSpan, _ second: RawSpan, _ third: RawSpan, flags: MessageFlags, wait: Wait
  ) throws(Errno) -> Int {
    try checkIsConnected()
    let total = first.byteCount + second.byteCount + third.byteCount
    guard total > 0 else { return 0 }
    let deadline = deadline(of: wait, flags)
    defer { pump() }  // also where this throws: what the reader left meanwhile has nobody else
    hasSent.store(true, ordering: .relaxed)
    let sent = try writeSide.withLock(until: deadline) { side throws(Errno) in
      try checkIsOpen()  // anew: once `close` has had the lock, the socket's number may be another's
      let isHeld = flags.contains(.more)
      let hasUrgent = hasOutput.load(ordering: .sequentiallyConsistent)
      defer { finishSending(&side, isHeld: isHeld && !hasUrgent && side.outgoing == nil) }
      var sent = 0
      do throws(Errno) {
        let wait = wait.until(deadline)
        try send(first, second, third, on: &side, isHeld: isHeld, &sent, wait)
      } catch {
        if error.endsStream, error != .brokenPipe || !isWriteShut.load(ordering: .acquiring) {
          abandonOutput(&side, error)
        }
        // What has been enciphered is taken: it waits, and leaves in its turn. The error comes again with the next call.
        guard sent > 0 else { throw error }
      }
      return sent
    }
    guard let sent else { throw .wouldBlock }
    return sent
  }

  private func send(
    _ first: RawSpan, _ second: RawSpan, _ third: RawSpan, on side: inout WriteSide, isHeld: Bool, _ sent: inout Int,
    _ wait: Wait
  ) throws(Errno) {
    if let failure = side.failure { throw failure }
    // Pending output leaves by itself, as far as it can.
    if isWriteShut.load(ordering: .sequentiallyConsistent) { throw .brokenPipe }
    let total = first.byteCount + second.byteCount + third.byteCount
    if side.outgoing != nil { try flush(&side, wait) }
    while sent < total {
      if isWriteShut.load(ordering: .acquiring) { throw .brokenPipe }
      let step = encipher(
        first.dropping(sent), second.dropping(sent - first.byteCount),
        third.dropping(sent - first.byteCount - second.byteCount), on: &side, isHeld: isHeld, &sent)
      switch step {
      case .done where isHeld: continue
      case .done, .needsOutput: try flush(&side, wait)
      case .needsInput:
        try flush(&side, wait)
        try awaitReader(wait)
      case .failed: throw engine.withLock { $0.failure?.errno } ?? .protocolError
      case .ended: throw .brokenPipe
      }
    }
  }

  /// Makes records of the runs, as many as the output has room for. Small runs share one. What is not held back is on its
  /// way to the socket from then on.
  private func encipher(
    _ first: RawSpan, _ second: RawSpan, _ third: RawSpan, on side: inout WriteSide, isHeld: Bool, _ sent: inout Int
  ) -> Engine.Step {
    engine.withLock { engine in
      defer {
        if !engine.transport.hasOutput { engine.transport.output = nil }
        if !isHeld, side.outgoing == nil { swap(&side.outgoing, &engine.transport.output) }
      }
      let joined = RecordBuffer.joining(first, second, third, limit: RecordBuffer.recordSize)
      guard let joined else {
        let run = !first.isEmpty ? first : !second.isEmpty ? second : third
        return engine.write(run, taken: &sent)
      }
      return joined.withBytes { engine.write($0, taken: &sent) }
    }
  }

  /// OpenSSL is in the middle of a message of the peer's (a KeyUpdate in several records) and takes nothing before it
  /// has the rest. Whoever reads, reads it; where nobody does, this does.
  private func awaitReader(_ wait: Wait) throws(Errno) {
    let deadline = wait.deadline ?? .forever
    let soon = min(deadline, Deadline.now.adding(.milliseconds(5)))
    _ = try readSide.withLock(until: soon) { side throws(Errno) in
      // OpenSSL may also have stopped because the output was full; then what has come is not through yet.
      if settle(&side) || engine.withLock({ $0.transport.hasInput }) { return }
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

extension RecordBuffer {
  /// The runs in one piece, where there is more than one and the first is less than a record.
  fileprivate static func joining(
    _ first: RawSpan, _ second: RawSpan, _ third: RawSpan, limit: Int
  ) -> RecordBuffer? {
    let behind = first.isEmpty ? third : second
    let front = first.isEmpty ? second : first
    guard !front.isEmpty, front.byteCount < limit, !behind.isEmpty || (!first.isEmpty && !third.isEmpty) else {
      return nil
    }
    var joined = RecordBuffer()
    for run in 0..<3 {
      let bytes = run == 0 ? first : run == 1 ? second : third
      let part = bytes.extracting(first: min(limit - joined.count, bytes.byteCount))
      // Sound: read within its bounds.
      unsafe part.withUnsafeBytes { _ = unsafe joined.append($0) }
    }
    return joined
  }
}

extension RawSpan {
  /// What is behind the first `count` bytes: all where `count` is negative, nothing where it is more than there are.
  @_lifetime(copy self)
  func dropping(_ count: Int) -> RawSpan { extracting(min(max(0, count), byteCount)..<byteCount) }
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
