internal import Synchronization
internal import SystemPackage
internal import WebSocketProtocol
internal import WestwindSockets

extension Connection {
  /// A frame to send, as its caller described it.
  struct Outgoing {
    var opcode: Opcode
    var isMasked: Bool
    var isFinal: Bool
    /// The frame may be held back until the next one.
    var isHeld = false
    /// Where the time is over with part of the frame sent, keep the rest and send it later, if it fits the buffer.
    var mayLeaveRest = false
  }

  /// Sends one frame whose payload is the three runs, joined.
  ///
  /// - Returns: the payload's bytes.
  func send(
    _ frame: Outgoing, _ first: RawSpan, _ second: RawSpan = RawSpan(), _ third: RawSpan = RawSpan(),
    deadline: Deadline
  ) throws(WebSocketError) -> Int {
    guard frame.isMasked == role.sendsMasked || allowsAnyMask.load(ordering: .relaxed) else {
      throw .invalidArgument(.maskNotForRole)
    }
    defer { pump() }  // also where this throws: what was queued meanwhile has nobody else
    let count = try writeSide.withLock(until: deadline) { side throws(WebSocketError) in
      if second.isEmpty, third.isEmpty, let count = try sendWhole(frame, first, on: &side, deadline: deadline) {
        return count
      }
      return try send(frame, first, second, third, on: &side, deadline: deadline)
    }
    guard let count else { throw phase == .open ? .timedOut : ended }
    return count
  }

  /// Sends one frame with the write lock held.
  func send(
    _ frame: Outgoing, _ first: RawSpan, _ second: RawSpan, _ third: RawSpan, on side: inout WriteSide,
    deadline: Deadline
  ) throws(WebSocketError) -> Int {
    try checkCanSend(&side)
    // What the socket is to have without delay is not held back together with this frame.
    let hasUrgent = takeQueued(&side) || hasPendingOutput.load(ordering: .relaxed)
    var next = side.state
    do throws(SendState.Refusal) {
      if frame.opcode != .binary || !frame.isFinal || !next.allowsWholeBinary {
        next = try next.sending(frame, first, second, third)
      }
    } catch {
      finishSending(&side, isHeld: !hasUrgent)
      if error == .afterClose, closeStatus.withLock({ $0 != nil }) { throw ended }
      throw .invalidArgument(.frame(error))
    }
    let count = first.byteCount + second.byteCount + third.byteCount
    let isHeld = frame.isHeld || corks.load(ordering: .relaxed) > 0
    let isCompressed = try transmitCompressed(
      frame, first, second, third, isHeld: isHeld, on: &side, deadline: deadline)
    if !isCompressed { try transmitFrame(frame, first, second, third, isHeld: isHeld, on: &side, deadline: deadline) }
    if !frame.opcode.isControl { side.deflation?.noteSent(isCompressed: isCompressed, isFinal: frame.isFinal) }
    side.state = next
    traffic.noteSent(bytes: count)
    finishSending(&side, isHeld: isHeld && !hasUrgent)
    return count
  }

  /// - Returns: false where the frame is not to be compressed, or there is no memory for it; nothing has been done then.
  private func transmitCompressed(
    _ frame: Outgoing, _ first: RawSpan, _ second: RawSpan, _ third: RawSpan, isHeld: Bool, on side: inout WriteSide,
    deadline: Deadline
  ) throws(WebSocketError) -> Bool {
    let count = first.byteCount + second.byteCount + third.byteCount
    guard let deflation = side.deflation, deflation.compresses(frame.opcode, count: count) else { return false }
    let outcome: Void? = try deflation.withCompressed(
      first, second, third, isFinal: frame.isFinal,
      check: { () throws(WebSocketError) in try checkGoesOn(&side, deadline) }
    ) { payload throws(WebSocketError) in
      try transmitFrame(frame, isCompressed: true, payload, isHeld: isHeld, on: &side, deadline: deadline)
    }
    // A message that began compressed cannot go on otherwise.
    guard outcome == nil, frame.opcode == .continuation else { return outcome != nil }
    finishSending(&side)
    throw .system(.noMemory)
  }

  /// Whether compressing is to go on. Who does not wait has it done all the same: there is no later for it.
  private func checkGoesOn(_ side: inout WriteSide, _ deadline: Deadline) throws(WebSocketError) {
    let isLate = deadline != .immediate && deadline.hasPassed
    guard phase != .open || isLate else { return }
    finishSending(&side)
    throw phase == .open ? .timedOut : ended
  }

  /// Sends a frame with what is its payload on the wire.
  private func transmitFrame(
    _ frame: Outgoing, isCompressed: Bool = false, _ first: RawSpan, _ second: RawSpan = RawSpan(),
    _ third: RawSpan = RawSpan(), isHeld: Bool, on side: inout WriteSide, deadline: Deadline
  ) throws(WebSocketError) {
    let count = first.byteCount + second.byteCount + third.byteCount
    let header = FrameHeader(
      isFinal: frame.isFinal, reservedBits: isCompressed && frame.opcode != .continuation ? FrameHeader.rsv1 : 0,
      opcode: frame.opcode, maskingKey: frame.isMasked ? side.keys.next() : nil, payloadLength: UInt64(count))
    var progress = Progress(earlier: side.output.count)
    do throws(Errno) {
      if frame.mayLeaveRest {
        try makeRoom(for: header.encodedLength + count, on: &side, &progress.sent, deadline: deadline)
      }
      try transmit(header, first, second, third, isHeld: isHeld, on: &side, &progress, deadline: deadline)
    } catch {
      try handle(error, frame, &side, progress)
    }
  }

  /// The common case, in as few steps as can be: nothing waits, and a message in one binary frame fits the buffer. Every
  /// other case takes the long way, which does the same for this one.
  ///
  /// - Returns: nil where it is not; nothing has been done then.
  @inline(__always) private func sendWhole(
    _ frame: Outgoing, _ payload: RawSpan, on side: inout WriteSide, deadline: Deadline
  ) throws(WebSocketError) -> Int? {
    guard !frame.isHeld, side.output.isEmpty, corks.load(ordering: .relaxed) == 0, appendWhole(frame, payload, &side)
    else { return nil }
    var progress = Progress(earlier: 0)
    progress.isWhole = true
    do throws(Errno) {
      try flush(&side, &progress.sent, deadline: deadline)
    } catch {
      try handle(error, frame, &side, progress)
    }
    traffic.noteSent(bytes: payload.byteCount)
    if side.output.isEmpty { side.output.releaseIfEmpty() } else { finishSending(&side) }
    return payload.byteCount
  }

  /// Puts a message in one binary frame behind what waits, where that is all there is to do.
  ///
  /// - Returns: false where it is not; nothing has been done then.
  @inline(__always) func appendWhole(_ frame: Outgoing, _ payload: RawSpan, _ side: inout WriteSide) -> Bool {
    let count = payload.byteCount
    guard frame.opcode == .binary, frame.isFinal, side.state.allowsWholeBinary, side.deflation == nil,
      side.output.freeAtEnd >= count + 16, !side.isWaitingForRoom, !hasAffairs, phase == .open, side.failure == nil
    else { return false }
    let key = frame.isMasked ? side.keys.next() : nil
    side.output.appendBinary(payload, mask: key)
    return true
  }

  func checkCanSend(_ side: inout WriteSide) throws(WebSocketError) {
    guard phase == .open, side.failure == nil else { throw ended }
  }

  /// How far a frame got.
  private struct Progress {
    /// Bytes of earlier frames that waited when this one came.
    let earlier: Int
    /// Bytes that have left since.
    var sent = 0
    /// All of the frame is in the output, or sent.
    var isWhole = false

    /// Some of this frame has left.
    var hasBegun: Bool { sent > earlier }
  }

  /// Sees to it that a frame fits the buffer whole, if it fits at all: the rest can only be kept of such a one.
  private func makeRoom(
    for length: Int, on side: inout WriteSide, _ sent: inout Int, deadline: Deadline
  ) throws(Errno) {
    if side.output.freeAtEnd < length { side.output.compact() }
    if side.output.freeAtEnd < length { try flush(&side, &sent, deadline: deadline) }
  }

  /// Copies the frame into the output, masked, and sends that whenever it is full, and at the end.
  private func transmit(
    _ header: FrameHeader, _ first: RawSpan, _ second: RawSpan, _ third: RawSpan, isHeld: Bool,
    on side: inout WriteSide, _ progress: inout Progress, deadline: Deadline
  ) throws(Errno) {
    if side.output.freeAtEnd < FrameHeader.maximumEncodedLength {
      try flush(&side, &progress.sent, deadline: deadline)
    }
    side.output.append(header)
    if header.maskingKey == nil, !isHeld, header.payloadLength > UInt64(side.output.freeAtEnd) {
      // Nothing to mask: the caller's memory goes to the kernel as it is, behind the header.
      return try sendDirectly(first, second, third, on: &side, &progress, deadline: deadline)
    }
    var payloadOffset = 0
    for run in 0..<3 {
      var rest = run == 0 ? first : run == 1 ? second : third
      while !rest.isEmpty {
        if side.output.freeAtEnd == 0 { try flush(&side, &progress.sent, deadline: deadline) }
        let step = min(side.output.freeAtEnd, rest.byteCount)
        side.output.append(rest.extracting(first: step), mask: header.maskingKey, payloadOffset: payloadOffset)
        payloadOffset += step
        rest = rest.extracting(droppingFirst: step)
      }
    }
    progress.isWhole = true
    if !isHeld { try flush(&side, &progress.sent, deadline: deadline) }
  }

  private func sendDirectly(
    _ first: RawSpan, _ second: RawSpan, _ third: RawSpan, on side: inout WriteSide, _ progress: inout Progress,
    deadline: Deadline
  ) throws(Errno) {
    let count = first.byteCount + second.byteCount + third.byteCount
    var position = 0
    while position < count {
      // What waits and the payload leave in one write.
      let sent = try side.output.withFirst(side.output.count) { waiting throws(Errno) in
        waiting.isEmpty
          ? try sendSome(
            first.extracting(droppingFirst: position), second.extracting(droppingFirst: position - first.byteCount),
            third.extracting(droppingFirst: position - first.byteCount - second.byteCount), deadline: deadline)
          : try sendSome(
            waiting, first.extracting(droppingFirst: position),
            second.extracting(droppingFirst: position - first.byteCount), deadline: deadline)
      }
      let ofWaiting = min(sent, side.output.count)
      side.output.drop(ofWaiting)
      position += sent - ofWaiting
      progress.sent += sent
    }
  }

  /// Sends all of the output. What has left is counted in `sent`, also when this throws.
  func flush(_ side: inout WriteSide, _ sent: inout Int, deadline: Deadline) throws(Errno) {
    while !side.output.isEmpty {
      let count = try side.output.withFirst(side.output.count) { bytes throws(Errno) in
        try sendSome(bytes, deadline: deadline)
      }
      side.output.drop(count)
      sent += count
    }
  }

  /// Sends at least one byte, waiting as told, whatever a descriptor below makes of waiting.
  ///
  /// - Throws: `EAGAIN` at the deadline, `ECANCELED` if another thread has ended the connection.
  private func sendSome(
    _ first: RawSpan, _ second: RawSpan = RawSpan(), _ third: RawSpan = RawSpan(), deadline: Deadline
  ) throws(Errno) -> Int {
    let wait = Wait(until: deadline, waker: writeWaker)
    var hasFoundNoRoom = false
    while true {
      do throws(Errno) {
        do throws(Errno) {
          return try below.send(first, second, third, flags: [], wait: wait)
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
        guard phase == .open else { throw .canceled }
        if deadline.hasPassed { throw .wouldBlock }
      }
    }
  }

  /// The frame has not been sent whole: sees that the stream stays honest.
  private func handle(
    _ error: Errno, _ frame: Outgoing, _ side: inout WriteSide, _ progress: Progress
  ) throws(WebSocketError) {
    guard error == .wouldBlock || error == .canceled else {
      side.failure = error
      throw .connectionLost(error)
    }
    if !progress.hasBegun {
      side.output.truncate(to: side.output.start + progress.earlier - progress.sent)
      finishSending(&side)
      throw error == .canceled ? ended : .timedOut
    }
    if error == .wouldBlock, frame.mayLeaveRest, progress.isWhole { return }
    side.failure = .connectionAbort
    markFailed()
    throw error == .canceled ? ended : .aborted
  }

  /// Gives the buffer back, or notes what still has to leave.
  ///
  /// - Parameter isHeld: what waits has been held back by the caller, who will see to it.
  func finishSending(_ side: inout WriteSide, isHeld: Bool = false, isReader: Bool = false) {
    side.output.releaseIfEmpty()
    let isPending = !side.output.isEmpty && !isHeld
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

extension RawSpan {
  /// What is behind the first `count` bytes: all where `count` is negative, nothing where it is more than there are.
  @_lifetime(copy self)
  func extracting(droppingFirst count: Int) -> RawSpan { extracting(min(max(0, count), byteCount)..<byteCount) }
}

extension SendState {
  /// The three runs as one payload. Only text and CLOSE are looked at; those are joined where they are more than one.
  fileprivate func sending(
    _ frame: Connection.Outgoing, _ first: RawSpan, _ second: RawSpan, _ third: RawSpan
  ) throws(Refusal) -> SendState {
    guard readsPayload(of: frame.opcode) else {
      return try sending(frame.opcode, isFinal: frame.isFinal, payload: Span())
    }
    guard !second.isEmpty || !third.isEmpty else {
      return try first.withByteSpan { payload throws(Refusal) in
        try sending(frame.opcode, isFinal: frame.isFinal, payload: payload)
      }
    }
    var joined: [UInt8] = []
    joined.reserveCapacity(first.byteCount + second.byteCount + third.byteCount)
    for run in 0..<3 {
      let bytes = run == 0 ? first : run == 1 ? second : third
      // Sound: read within its bounds.
      unsafe bytes.withUnsafeBytes { unsafe joined.append(contentsOf: $0) }
    }
    return try sending(frame.opcode, isFinal: frame.isFinal, payload: joined.span)
  }
}
