internal import Synchronization
internal import SystemPackage
internal import WebSocketEngine
internal import WebSocketProtocol
internal import WestwindBuffers
internal import WestwindSockets

/// Many frames in few writes.
extension BlockingConnection {
  /// Runs the body with the write lock held, and sends what it has put into the output, also where it throws.
  func withBatch(
    deadline: Deadline, _ body: (inout WriteSide) throws(WebSocketError) -> Void
  ) throws(WebSocketError) {
    defer { pump() }  // as for one frame
    let outcome: Void? = try writeSide.withLock(until: deadline) { side throws(WebSocketError) in
      try checkCanSend()
      // Earlier output leaves with the batch. What is under way already goes on first, and until the batch ends nobody watches
      // for room, since nobody else could use it.
      if hasPendingOutput.load(ordering: .relaxed) { _ = flushNow(&side, isHeld: true) }
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
    guard outcome != nil else { throw lockMissed(deadline, or: .timedOut) }
  }

  /// Puts a frame of a batch behind the others.
  func sendInBatch(
    _ frame: Outgoing, _ payload: RawSpan, on side: inout WriteSide, deadline: Deadline
  ) throws(WebSocketError) {
    guard frame.isMasked == role.sendsMasked || allowsAnyMask.load(ordering: .relaxed) else {
      throw .invalidArgument(.maskNotForRole)
    }
    if appendWhole(frame, payload, &side) { return traffic.noteSent(&side) }
    try withSocket { () throws(WebSocketError) in
      try sendAlone(frame, payload, on: &side, deadline: deadline)
    }
  }

  /// Runs a part of a batch that uses the socket, which may be another's once the connection is ended: its end waits for
  /// this part, and not for the caller's body.
  private func withSocket(_ body: () throws(WebSocketError) -> Void) throws(WebSocketError) {
    isWriteLent.store(false, ordering: .sequentiallyConsistent)
    defer { isWriteLent.store(true, ordering: .releasing) }
    guard state.isUsable else { throw ended }
    try body()
  }

  private func sendAlone(
    _ frame: Outgoing, _ payload: RawSpan, on side: inout WriteSide, deadline: Deadline
  ) throws(WebSocketError) {
    _ = try send(frame, Payload(payload), on: &side, deadline: deadline)
    // An answer to a PING, say, came along and is urgent: it leaves now, and nobody is told to watch for room meanwhile,
    // who could not get at it before the batch ends.
    guard hasPendingOutput.load(ordering: .relaxed), !isCorked else { return }
    do throws(Errno) {
      try flush(&side, deadline: .immediate)
    } catch {
      if error != .wouldBlock { failSending(&side) }
    }
    finishSending(&side, isHeld: true)
  }

  private func flushBatch(_ side: inout WriteSide, _ deadline: Deadline) throws(WebSocketError) {
    isWriteLent.store(false, ordering: .sequentiallyConsistent)
    // What was put in and cannot leave any more is told, also where the body has not been.
    try checkCanSend()
    guard !isCorked else { return }
    try flushHeld(&side, deadline: deadline)
  }

  /// Sends what was held back.
  func flushHeld(_ side: inout WriteSide, deadline: Deadline) throws(WebSocketError) {
    defer { finishSending(&side) }
    do throws(Errno) {
      try flush(&side, deadline: deadline)
    } catch {
      switch error {
      case .wouldBlock: throw .timedOut
      case .canceled: throw ended
      default:
        failSending(&side)
        throw .connectionLost(error)
      }
    }
  }

  // MARK: Messages that lie one behind the other

  /// Sends whole messages that lie one behind the other, each in one frame, and all in as few writes as may be.
  ///
  /// - Parameters:
  ///   - messages: what is left is one whose end is not there.
  ///   - isHeld: the last may be held back.
  ///   - length: the bytes of the message that begins here, at least 1; nil where that cannot be said yet.
  func send(
    messages: inout RawSpan, opcode: Opcode, isHeld: Bool, deadline: Deadline, length: (RawSpan) -> Int?
  ) throws(WebSocketError) {
    defer { pump() }  // as for one frame
    var rest = messages
    let outcome: Void? = try writeSide.withLock(until: deadline) { side throws(WebSocketError) in
      var next = length(rest)
      while let count = next, count <= rest.byteCount {
        let message = rest.extracting(first: count)
        rest = rest.dropping(first: count)
        next = length(rest)
        let isLast = next.map { $0 > rest.byteCount } ?? true
        let frame = Outgoing(
          opcode: opcode, isMasked: role.sendsMasked, isFinal: true, isHeld: isHeld || !isLast)
        if frame.isHeld, appendWhole(frame, message, &side) {
          traffic.noteSent(&side)
          continue
        }
        _ = try send(frame, Payload(message), on: &side, deadline: deadline)
      }
    }
    guard outcome != nil else { throw lockMissed(deadline, or: .timedOut) }
    messages = rest
  }

  // MARK: Holding back

  /// Holds this thread's frames back from now on.
  func cork() throws(WebSocketError) {
    guard state.isUsable else { throw ended }
    queue.withLock { $0.corkedThreads.enter() }
    corks.wrappingAdd(1, ordering: .sequentiallyConsistent)
  }

  /// Whether this thread's frames are held back.
  @inline(__always) var isCorked: Bool { corks.load(ordering: .relaxed) > 0 && isCorkedByThisThread }

  private var isCorkedByThisThread: Bool { queue.withLock { $0.corkedThreads.hasThisThread } }

  /// Sends what was held back, when this thread's last cork is out.
  func uncork(deadline: Deadline) throws(WebSocketError) {
    corks.wrappingSubtract(1, ordering: .sequentiallyConsistent)
    let isLast = queue.withLock { queue in
      queue.corkedThreads.leave()
      return !queue.corkedThreads.hasThisThread
    }
    guard isLast else { return }
    let outcome: Void? = try writeSide.withLock(until: deadline) { side throws(WebSocketError) in
      try checkCanSend()
      try flushHeld(&side, deadline: deadline)
    }
    // Whoever holds the write side sends what was held back, when it is through.
    if outcome == nil { hasQueued.store(true, ordering: .sequentiallyConsistent) }
    pump()
    guard outcome != nil else { throw lockMissed(deadline, or: .timedOut) }
  }

  private func checkCanSend() throws(WebSocketError) {
    guard state.isWritable else { throw ended }
  }
}

/// The threads that are inside `withCork`, one of them as often as it is. Its memory is taken at the first cork and kept:
/// the array's own searches would take some at each in a debug build.
struct CorkedThreads {
  private var threads: [UInt] = []

  mutating func enter() {
    threads.append(currentThread())
  }

  /// Takes out one entry of this thread.
  mutating func leave() {
    let place = placeOfThisThread()
    guard place < threads.count else { return }
    threads[place] = threads[threads.count - 1]
    threads.removeLast()
  }

  var hasThisThread: Bool { placeOfThisThread() < threads.count }

  /// - Returns: the number of threads if it is not among them.
  private func placeOfThisThread() -> Int {
    let thread = currentThread()
    var place = 0
    while place < threads.count, threads[place] != thread { place += 1 }
    return place
  }
}
