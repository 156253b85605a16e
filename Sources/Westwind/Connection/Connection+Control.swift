internal import Synchronization
internal import SystemPackage
internal import WebSocketProtocol
internal import WestwindSockets

extension Connection {
  /// Has a control frame sent as soon as can be, without waiting for anybody.
  func enqueue(_ opcode: Opcode, _ body: ControlQueue.Body) {
    put(opcode, body)
    pump()
  }

  private func put(_ opcode: Opcode, _ body: ControlQueue.Body) {
    queue.withLock { $0.put(opcode, body) }
    hasQueued.store(true, ordering: .sequentiallyConsistent)
  }

  /// Puts the answer to a PING behind what waits to leave, and leaves it to the caller to `pump`, so that the answers to
  /// PINGs that have come together leave together. Where the write side is taken, its holder sends the newest.
  func answerPing(_ body: ControlQueue.Body) {
    let isAppended: Bool? = writeSide.withLock(until: .immediate) { side in
      // An older answer that was queued goes first.
      _ = takeQueued(&side)
      if !hasRoomForControl(&side) { _ = flushNow(&side) }
      guard hasRoomForControl(&side) else { return false }
      guard !side.state.hasSentClose, side.failure == nil, phase == .open else { return true }
      append(.pong, body, to: &side)
      // A frame that another thread holds back meanwhile does not hold this one back.
      hasPendingOutput.store(true, ordering: .sequentiallyConsistent)
      return true
    }
    if isAppended != true { put(.pong, body) }
  }

  /// Something of the connection's own waits to be sent.
  var hasAffairs: Bool {
    hasQueued.load(ordering: .sequentiallyConsistent) || hasPendingOutput.load(ordering: .sequentiallyConsistent)
  }

  /// Sends what is queued and what waits, if the write side is free; if it is not, its holder does so when it is
  /// through, since it looks here after it has let go.
  ///
  /// - Parameter isReader: the caller is about to wait for room itself, and is not woken for it.
  /// - Returns: false if another thread has the write side.
  @discardableResult
  func pump(asReader isReader: Bool = false) -> Bool {
    while hasAffairs {
      let isDone = writeSide.withLock(until: .immediate) { side in
        _ = takeQueued(&side)
        return flushNow(&side, isReader: isReader)
      }
      guard let isDone else { return false }
      if !isDone { return true }
    }
    return true
  }

  /// Moves the queued frames behind what waits already, as far as there is room.
  ///
  /// - Returns: whether there was anything, so that what waits is not to be held back.
  func takeQueued(_ side: inout WriteSide) -> Bool {
    var isUrgent = false
    while hasQueued.load(ordering: .sequentiallyConsistent) {
      isUrgent = true
      guard hasRoomForControl(&side) else { break }
      // The flag falls first: what is put in from here on raises it again.
      hasQueued.store(false, ordering: .sequentiallyConsistent)
      while side.output.freeAtEnd >= FrameHeader.maximumEncodedLength + 125 {
        guard let (opcode, body) = queue.withLock({ $0.take() }) else { break }
        guard !side.state.hasSentClose, side.failure == nil, phase == .open else { continue }
        append(opcode, body, to: &side)
      }
      if side.output.freeAtEnd < FrameHeader.maximumEncodedLength + 125 {
        hasQueued.store(true, ordering: .sequentiallyConsistent)
        break
      }
    }
    return isUrgent
  }

  private func hasRoomForControl(_ side: inout WriteSide) -> Bool {
    let needed = FrameHeader.maximumEncodedLength + 125
    if side.output.freeAtEnd < needed { side.output.compact() }
    return side.output.freeAtEnd >= needed
  }

  func append(_ opcode: Opcode, _ body: ControlQueue.Body, to side: inout WriteSide) {
    let key = role.sendsMasked ? side.keys.next() : nil
    side.output.append(FrameHeader(opcode: opcode, maskingKey: key, payloadLength: UInt64(body.count)))
    // Sound: bytes have no padding.
    unsafe side.output.append(body.bytes.span.bytes.extracting(first: body.count), mask: key, payloadOffset: 0)
    if opcode == .close { side.state.noteCloseSent() }
    traffic.noteSent(bytes: body.count)
  }

  /// Sends what waits, as far as the socket takes it now.
  ///
  /// - Returns: whether all has left.
  func flushNow(_ side: inout WriteSide, isHeld: Bool = false, isReader: Bool = false) -> Bool {
    guard phase == .open else {
      hasPendingOutput.store(false, ordering: .relaxed)
      return false
    }
    var sent = 0
    do throws(Errno) {
      try flush(&side, &sent, deadline: .immediate)
    } catch {
      if error != .wouldBlock {
        // The reader will find out by itself, behind whatever the peer still had to say.
        side.failure = error
        side.output.drop(side.output.count)
      }
    }
    finishSending(&side, isHeld: isHeld, isReader: isReader)
    return side.output.isEmpty
  }
}
