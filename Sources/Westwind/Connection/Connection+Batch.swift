internal import Synchronization
internal import SystemPackage
internal import WebSocketProtocol
internal import WestwindSockets

extension Connection {
  /// Runs the body with the write lock held, and sends what it has put into the output, also where it throws.
  func withBatch(
    deadline: Deadline, _ body: (inout WriteSide) throws(WebSocketError) -> Void
  ) throws(WebSocketError) {
    defer { pump() }  // as for one frame
    let outcome: Void? = try writeSide.withLock(until: deadline) { side throws(WebSocketError) in
      try checkCanSend(&side)
      // Earlier output leaves with the batch. Until then nobody watches for room, since nobody else could use it.
      if !side.output.isEmpty { _ = flushNow(&side, isHeld: true) }
      isWriteLent.store(true, ordering: .releasing)
      defer { isWriteLent.store(false, ordering: .sequentiallyConsistent) }
      do throws(WebSocketError) {
        try body(&side)
      } catch {
        // The body's error is the one to tell; what it had sent leaves all the same.
        try? flushBatch(&side, deadline)
        throw error
      }
      try flushBatch(&side, deadline)
    }
    guard outcome != nil else { throw phase == .open ? .timedOut : ended }
  }

  /// Puts a frame of a batch behind the others.
  func sendInBatch(
    _ frame: Outgoing, _ payload: RawSpan, on side: inout WriteSide, deadline: Deadline
  ) throws(WebSocketError) {
    guard frame.isMasked == role.sendsMasked || allowsAnyMask.load(ordering: .relaxed) else {
      throw .invalidArgument(.maskNotForRole)
    }
    if appendWhole(frame, payload, &side) { return traffic.noteSent(bytes: payload.byteCount) }
    try withSocket { () throws(WebSocketError) in
      try sendAlone(frame, payload, on: &side, deadline: deadline)
    }
  }

  /// Runs a part of a batch that uses the socket, which may be another's once the connection is ended: its end waits for
  /// this part, and not for the caller's body.
  private func withSocket(_ body: () throws(WebSocketError) -> Void) throws(WebSocketError) {
    isWriteLent.store(false, ordering: .sequentiallyConsistent)
    defer { isWriteLent.store(true, ordering: .releasing) }
    guard phase == .open else { throw ended }
    try body()
  }

  private func sendAlone(
    _ frame: Outgoing, _ payload: RawSpan, on side: inout WriteSide, deadline: Deadline
  ) throws(WebSocketError) {
    _ = try send(frame, payload, RawSpan(), RawSpan(), on: &side, deadline: deadline)
    // An answer to a PING, say, came along and is urgent: it leaves now, and nobody is told to watch for room meanwhile,
    // who could not get at it before the batch ends.
    guard hasPendingOutput.load(ordering: .relaxed), corks.load(ordering: .relaxed) == 0 else { return }
    var sent = 0
    do throws(Errno) {
      try flush(&side, &sent, deadline: .immediate)
    } catch {
      if error != .wouldBlock { side.failure = error }
    }
    finishSending(&side, isHeld: true)
  }

  private func flushBatch(_ side: inout WriteSide, _ deadline: Deadline) throws(WebSocketError) {
    isWriteLent.store(false, ordering: .sequentiallyConsistent)
    // What was put in and cannot leave any more is told, also where the body has not been.
    try checkCanSend(&side)
    guard corks.load(ordering: .relaxed) == 0 else { return }
    try flushHeld(&side, deadline: deadline)
  }

  /// Sends what was held back.
  func flushHeld(_ side: inout WriteSide, deadline: Deadline) throws(WebSocketError) {
    var sent = 0
    defer { finishSending(&side) }
    do throws(Errno) {
      try flush(&side, &sent, deadline: deadline)
    } catch {
      switch error {
      case .wouldBlock: throw .timedOut
      case .canceled: throw ended
      default:
        side.failure = error
        throw .connectionLost(error)
      }
    }
  }
}
