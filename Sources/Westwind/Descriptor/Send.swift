internal import Synchronization
internal import SystemPackage
internal import WebSocketEngine
internal import WebSocketProtocol
internal import WestwindBuffers
internal import WestwindSockets

/// The sending calls: the engine says which bytes, these see them off.
extension BlockingConnection {
  /// A frame to send, as its caller described it.
  struct Outgoing {
    var opcode: Opcode
    var isMasked: Bool
    var isFinal: Bool
    /// The frame may be held back until the next one.
    var isHeld = false
    /// If the time is over with part of the frame sent, keep the rest and send it later. A call that may not wait always does.
    var mayLeaveRest = false
  }

  /// Sends one frame.
  ///
  /// - Returns: the payload's bytes.
  func send(
    _ frame: Outgoing, _ payload: borrowing Payload, deadline: Deadline
  ) throws(WebSocketError) -> Int {
    guard frame.isMasked == role.sendsMasked || allowsAnyMask.load(ordering: .relaxed) else {
      throw .invalidArgument(.maskNotForRole)
    }
    defer { pump() }  // also if this throws: what was queued meanwhile has nobody else
    let count = try writeSide.withLock(until: deadline) { side throws(WebSocketError) in
      if payload.isOneRun, let count = try sendWhole(frame, payload.first, on: &side, deadline: deadline) {
        return count
      }
      return try send(frame, payload, on: &side, deadline: deadline)
    }
    guard let count else { throw lockMissed(deadline, or: .timedOut) }
    return count
  }

  /// The common case, in as few steps as can be: nothing waits, and a message in one binary frame fits the buffer. Every
  /// other case takes the long way, which does the same for this one.
  ///
  /// - Returns: nil if it is not; nothing has been done then.
  @inline(__always) private func sendWhole(
    _ frame: Outgoing, _ payload: RawSpan, on side: inout WriteSide, deadline: Deadline
  ) throws(WebSocketError) -> Int? {
    guard !frame.isHeld, side.engine.output.isEmpty, corks.load(ordering: .relaxed) == 0,
      appendWhole(frame, payload, &side)
    else { return nil }
    let count = side.engine.output.count
    do throws(Errno) {
      try flush(&side, deadline: deadline)
    } catch {
      let hasLeft = side.engine.output.count < count
      if !hasLeft, error == .wouldBlock || error == .canceled {
        side.engine.takeBackWhole(payload: payload.byteCount)
      }
      try handle(error, frame, &side, hasLeft: hasLeft, isWhole: true, deadline: deadline)
    }
    traffic.noteSent(&side)
    if side.engine.output.isEmpty { side.engine.output.release(to: outputPool) } else { finishSending(&side) }
    return payload.byteCount
  }

  /// Puts a message in one binary frame behind what waits, if that is all there is to do.
  ///
  /// - Returns: false if it is not; nothing has been done then.
  @inline(__always) func appendWhole(_ frame: Outgoing, _ payload: RawSpan, _ side: inout WriteSide) -> Bool {
    guard frame.opcode == .binary, frame.isFinal, side.engine.allowsWholeBinary(payload.byteCount),
      !side.isWaitingForRoom, !hasAffairs, state.allowsSending
    else { return false }
    side.engine.output.acquire(from: outputPool)
    side.engine.appendWholeBinary(payload, key: frame.isMasked ? side.keys.next() : nil)
    return true
  }

  /// Sends one frame with the write lock held.
  func send(
    _ frame: Outgoing, _ payload: borrowing Payload, on side: inout WriteSide, deadline: Deadline
  ) throws(WebSocketError) -> Int {
    guard state.isWritable else { throw ended }
    side.engine.output.acquire(from: outputPool)
    // What the socket is to have without delay is not held back together with this frame.
    let hasUrgent = takeQueued(&side) || hasPendingOutput.load(ordering: .relaxed)
    let isHeld = frame.isHeld || isCorked
    let rules: SendState
    do throws(SendState.Refusal) {
      rules = try side.engine.check(frame.opcode, isFinal: frame.isFinal, payload, state)
    } catch {
      finishSending(&side, isHeld: !hasUrgent)
      if error == .afterClose, closeStatus.withLock({ $0 != nil }) { throw ended }
      throw .invalidArgument(.frame(error))
    }
    let isCompressed = try transmitCompressed(
      frame, rules, payload, isHeld: isHeld, on: &side, deadline: deadline)
    if !isCompressed {
      try transmit(
        frame, rules, payload, plainCount: payload.byteCount, isHeld: isHeld, on: &side, deadline: deadline)
    }
    traffic.noteSent(&side)
    finishSending(&side, isHeld: isHeld && !hasUrgent)
    return payload.byteCount
  }

  /// - Returns: false if the frame is not to be compressed, or there is no memory for it; nothing has been done then.
  private func transmitCompressed(
    _ frame: Outgoing, _ rules: SendState, _ payload: borrowing Payload, isHeld: Bool, on side: inout WriteSide,
    deadline: Deadline
  ) throws(WebSocketError) -> Bool {
    let count = payload.byteCount
    guard let compressionPools, let deflation = side.engine.deflation,
      deflation.compresses(frame.opcode, count: count)
    else { return false }
    let outcome: Void? = try deflation.withCompressed(
      payload, isFinal: frame.isFinal, from: compressionPools,
      check: { () throws(WebSocketError) in try checkGoesOn(&side, deadline) }
    ) { wire throws(WebSocketError) in
      try transmit(
        frame, rules, isCompressed: true, Payload(wire), plainCount: count, isHeld: isHeld, on: &side,
        deadline: deadline)
    }
    // A message that began compressed cannot go on otherwise.
    guard outcome == nil, frame.opcode == .continuation else { return outcome != nil }
    finishSending(&side)
    throw .system(.noMemory)
  }

  /// Whether compressing is to go on. A call that may not wait has it done all the same: there is no later for it.
  private func checkGoesOn(_ side: inout WriteSide, _ deadline: Deadline) throws(WebSocketError) {
    let isLate = deadline != .immediate && deadline.hasPassed
    guard !state.isUsable || isLate else { return }
    finishSending(&side)
    throw state.isUsable ? .timedOut : ended
  }

  /// Sends a frame with what is its payload on the wire.
  private func transmit(
    _ frame: Outgoing, _ rules: SendState, isCompressed: Bool = false, _ payload: borrowing Payload, plainCount: Int,
    isHeld: Bool, on side: inout WriteSide, deadline: Deadline
  ) throws(WebSocketError) {
    var progress = side.engine.begin(
      frame.opcode, isFinal: frame.isFinal, isCompressed: isCompressed, rules: rules,
      key: frame.isMasked ? side.keys.next() : nil, count: payload.byteCount)
    do throws(Errno) {
      try transmit(payload, &progress, isHeld: isHeld, on: &side, deadline: deadline)
    } catch {
      let isLate = error == .wouldBlock
      if !progress.hasLeft, isLate || error == .canceled { side.engine.rollback(progress) }
      if progress.hasLeft, isLate, keepsRest(frame, deadline) { keep(payload, &progress, &side) }
      try handle(
        error, frame, &side, hasLeft: progress.hasLeft, isWhole: progress.isWhole, deadline: deadline)
    }
    let before = state
    var after = before
    side.engine.commit(progress, count: plainCount, &after)
    note(after, over: before)
  }

  /// Copies the frame into the output, masked, and sends that whenever it is full, and at the end.
  private func transmit(
    _ payload: borrowing Payload, _ progress: inout SendEngine.FrameInProgress, isHeld: Bool, on side: inout WriteSide,
    deadline: Deadline
  ) throws(Errno) {
    // What may not wait is not begun behind what the socket does not take.
    if deadline == .immediate, !isHeld, !side.engine.output.isEmpty {
      try flush(&side, &progress, deadline: deadline)
    }
    if side.engine.output.freeAtEnd < FrameHeader.maximumEncodedLength {
      try flush(&side, &progress, deadline: deadline)
    }
    side.engine.appendHeader(to: &progress)
    if !progress.isMasked, !isHeld, progress.count > side.engine.output.freeAtEnd {
      // Nothing to mask: the caller's memory goes to the kernel as it is, behind the header.
      return try sendDirectly(payload, on: &side, &progress, deadline: deadline)
    }
    side.engine.append(payload, to: &progress)
    while !progress.isWhole {
      try flush(&side, &progress, deadline: deadline)
      traffic.notePartSent()
      try checkTime(deadline)
      side.engine.append(payload, to: &progress)
    }
    if !isHeld { try flush(&side, &progress, deadline: deadline) }
  }

  private func sendDirectly(
    _ payload: borrowing Payload, on side: inout WriteSide, _ progress: inout SendEngine.FrameInProgress,
    deadline: Deadline
  ) throws(Errno) {
    while !progress.isWhole {
      let rest = payload.dropping(first: progress.taken)
      // What waits and the payload leave in one write.
      let sent = try side.engine.output.withFirst(side.engine.output.count) { waiting throws(Errno) in
        try sendSome(rest.preceded(by: waiting), deadline: deadline)
      }
      side.engine.sentDirectly(sent, of: &progress)
      traffic.notePartSent()
      if !progress.isWhole { try checkTime(deadline) }
    }
  }

  /// A peer that reads all the time does not make a large frame outlast its time.
  ///
  /// - Throws: `EAGAIN` if the deadline has passed. A call that does not wait goes on as long as the socket takes bytes.
  private func checkTime(_ deadline: Deadline) throws(Errno) {
    if deadline != .immediate, deadline.hasPassed { throw .wouldBlock }
  }

  private func keepsRest(_ frame: Outgoing, _ deadline: Deadline) -> Bool {
    frame.mayLeaveRest || deadline == .immediate
  }

  /// The rest of a frame that has begun to leave waits in larger memory, and leaves with the next call or when the socket takes
  /// it.
  private func keep(
    _ payload: borrowing Payload, _ progress: inout SendEngine.FrameInProgress, _ side: inout WriteSide
  ) {
    let rest = progress.count - progress.taken
    guard rest <= ByteQueue.maximumCapacity - side.engine.output.count else { return }
    side.engine.output.reserve(rest, isExact: true, from: outputPool)
    side.engine.append(payload, to: &progress)
  }

  /// Sends all of the output.
  func flush(_ side: inout WriteSide, deadline: Deadline) throws(Errno) {
    while !side.engine.output.isEmpty {
      let count = try side.engine.output.withFirst(side.engine.output.count) { bytes throws(Errno) in
        try sendSome(Payload(bytes), deadline: deadline)
      }
      side.engine.sent(count)
    }
  }

  /// Sends all of the output. What has left is noted also if this throws.
  private func flush(
    _ side: inout WriteSide, _ progress: inout SendEngine.FrameInProgress, deadline: Deadline
  ) throws(Errno) {
    while !side.engine.output.isEmpty {
      let count = try side.engine.output.withFirst(side.engine.output.count) { bytes throws(Errno) in
        try sendSome(Payload(bytes), deadline: deadline)
      }
      side.engine.sent(count, of: &progress)
    }
  }

  /// Sends at least one byte, waiting as told, whatever a descriptor below makes of waiting.
  ///
  /// - Throws: `EAGAIN` at the deadline, `ECANCELED` if another thread has ended the connection.
  private func sendSome(_ payload: borrowing Payload, deadline: Deadline) throws(Errno) -> Int {
    let wait = Wait(until: deadline, waker: writeWaker)
    var hasFoundNoRoom = false
    while true {
      do throws(Errno) {
        do throws(Errno) {
          return try below.send(payload, flags: [], wait: wait)
        } catch {
          if error == .interrupted { continue }
          guard error == .wouldBlock, deadline != .immediate, !hasFoundNoRoom || !deadline.hasPassed,
            !(try below.wait(for: .writable, wait).isEmpty)
          else { throw error }
          hasFoundNoRoom = true
        }
      } catch {
        guard error == .woken else { throw error }
        writeWaker.clear()
        guard state.isUsable else { throw .canceled }
        if deadline.hasPassed { throw .wouldBlock }
      }
    }
  }

  /// The frame has not been sent whole: sees that the stream stays honest. If none of it has left it has been taken back.
  private func handle(
    _ error: Errno, _ frame: Outgoing, _ side: inout WriteSide, hasLeft: Bool, isWhole: Bool, deadline: Deadline
  ) throws(WebSocketError) {
    guard error == .wouldBlock || error == .canceled else {
      failSending(&side)
      throw .connectionLost(error)
    }
    if !hasLeft {
      finishSending(&side)
      if error == .canceled { throw ended }
      throw deadline == .immediate ? .wouldBlock : .timedOut
    }
    if error == .wouldBlock, isWhole, keepsRest(frame, deadline) { return }
    note(.sendFailed)
    markFailed()
    throw error == .canceled ? ended : .aborted
  }

  /// Gives the buffer back, or notes what still has to leave.
  ///
  /// - Parameter isHeld: what waits has been held back by the caller, who will see to it.
  func finishSending(_ side: inout WriteSide, isHeld: Bool = false, isReader: Bool = false) {
    side.engine.output.release(to: outputPool)
    let isPending = !side.engine.output.isEmpty && !isHeld
    if isPending != hasPendingOutput.load(ordering: .relaxed) {
      hasPendingOutput.store(isPending, ordering: .sequentiallyConsistent)
    }
    if isPending != side.isWaitingForRoom {
      side.isWaitingForRoom = isPending
      readiness.withLock { $0.setWatchesOutput(isPending) }
    }
    // A thread that is blocked in receiving is to watch for room from now on.
    if isPending, !isReader { readWaker.wake() }
  }
}
