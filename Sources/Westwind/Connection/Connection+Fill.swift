internal import Synchronization
internal import SystemPackage
internal import WebSocketProtocol
internal import WestwindSockets

extension Connection {
  /// Gets more bytes from the socket into the input: at least one.
  ///
  /// - Parameter limit: the most bytes to get.
  /// - Returns: how many.
  @discardableResult
  func fill(_ side: inout ReadSide, atMost limit: Int = .max, deadline: Deadline) throws(WebSocketError) -> Int {
    if side.input.freeAtEnd == 0 {
      try checkCanReceive(&side)
      side.input.compact()
    }
    let room = min(limit, side.input.freeAtEnd)
    let count = try receive(&side, deadline: deadline) { (side, isMoreBelow) throws(Errno) in
      try side.input.withFree(atMost: limit) { room throws(Errno) in
        try self.below.receive(into: &room, wait: Wait(until: .immediate), holdsMore: &isMoreBelow)
      }
    }
    if count == room { side.prediction.noteFull() }
    noteArrival(count, &side)
    return count
  }

  /// Gets payload of the present frame straight into the caller's memory: at least one byte, and none behind the
  /// frame. Only for payload that is not masked, with nothing waiting in the input.
  func fillDirectly(_ output: inout OutputRawSpan, _ side: inout ReadSide, deadline: Deadline) throws(WebSocketError)
    -> Int
  {
    guard let frame = side.frame else { return 0 }
    let room = Int(min(frame.remaining, UInt64(output.freeCapacity)))
    let before = output.byteCount
    var count = 0
    // Sound: the part lent is free room of `output`, and the count grows by what was written to it.
    let outcome = unsafe output.withUnsafeMutableBytes { bytes, written -> Result<Int, WebSocketError> in
      let part = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[written..<(written + room)])
      do throws(WebSocketError) {
        count = try receive(&side, deadline: deadline) { (_, isMoreBelow) throws(Errno) in
          var output = unsafe OutputRawSpan(buffer: part, initializedCount: 0)
          return try self.below.receive(into: &output, wait: Wait(until: .immediate), holdsMore: &isMoreBelow)
        }
        written += count
        return .success(count)
      } catch {
        return .failure(error)
      }
    }
    _ = try outcome.get()
    if count == room { side.prediction.noteFull() }
    if frame.type.contains(.text) {
      let endsMessage = frame.type.contains(.final) && UInt64(count) == frame.remaining
      var state = side.state
      do throws(ProtocolViolation) {
        try output.bytes.extracting(before..<(before + count)).withByteSpan { bytes throws(ProtocolViolation) in
          try state.receiveText(bytes, endsMessage: endsMessage)
        }
      } catch {
        throw .protocolViolation(error)
      }
      side.state = state
    }
    side.frame?.remaining -= UInt64(count)
    side.frame?.offset += count
    traffic.noteReceived(bytes: count)
    noteArrival(count, &side)
    return count
  }

  /// Makes a receiving call, which does not wait, and waits for input as far as the deadline allows, while it keeps the
  /// connection's own affairs in order: frames that wait to leave, PING and PONG.
  ///
  /// It tries first. Behind a read that found nothing it waits first: a round trip costs `send`, `ppoll` and `recv`.
  @inline(__always) private func receive(
    _ side: inout ReadSide, deadline: Deadline,
    _ call: (_ side: inout ReadSide, _ isMoreBelow: inout Bool) throws(Errno) -> Int
  ) throws(WebSocketError) -> Int {
    if deadline != .immediate, waitsFirst(&side) { try waitForFirstInput(&side, deadline: deadline) }
    var hasFoundNothing = false
    while true {
      try checkCanReceive(&side)
      let count: Int
      var isMoreBelow = false
      defer { side.isMoreBelow = isMoreBelow }
      do throws(Errno) {
        count = try call(&side, &isMoreBelow)
      } catch {
        switch error {
        case .interrupted: continue
        case .wouldBlock:
          try waitBehindNothing(&side, &hasFoundNothing, deadline: deadline)
        default: throw .connectionLost(error)
        }
        continue
      }
      guard count > 0 else {
        closeStatus.withLock { if $0 == nil { $0 = CloseStatus(code: .abnormal) } }
        throw ended
      }
      return count
    }
  }

  /// Whether a read would most likely find nothing. With keep alive the socket has to be found empty before a PONG is missed.
  @inline(__always) private func waitsFirst(_ side: inout ReadSide) -> Bool {
    guard !side.isMoreBelow, side.keepAlive == nil, !hasAffairs else { return false }
    let framesSent = traffic.framesSent.load(ordering: .relaxed)
    let hasSent = framesSent != side.framesSent
    side.framesSent = framesSent
    return side.prediction.waitsFirst(hasSent: hasSent)
  }

  /// Waits with nothing else to be seen to. A wake-up since the last look at the state of things ends the wait at once.
  private func waitForFirstInput(_ side: inout ReadSide, deadline: Deadline) throws(WebSocketError) {
    do throws(Errno) {
      let hasInput =
        kernelNumber >= 0
        ? try readWaker.waitForInput(of: kernelNumber, until: deadline)
        : try !below.wait(for: .readable, Wait(until: deadline, waker: readWaker)).isEmpty
      if hasInput { return }
    } catch {
      guard error == .woken else { throw .connectionLost(error) }
      return
    }
    throw .wouldBlock
  }

  @inline(__always) func checkCanReceive(_ side: inout ReadSide) throws(WebSocketError) {
    guard phase == .open, !isReadShut.load(ordering: .sequentiallyConsistent) else { throw ended }
  }

  private func waitBehindNothing(
    _ side: inout ReadSide, _ hasFoundNothing: inout Bool, deadline: Deadline
  ) throws(WebSocketError) {
    // A descriptor that is ready and gives nothing does not make this outlast its time.
    if hasFoundNothing, deadline.hasPassed { throw .wouldBlock }
    hasFoundNothing = true
    side.prediction.noteNothing()
    try waitForInput(&side, deadline: deadline)
  }

  private func waitForInput(_ side: inout ReadSide, deadline: Deadline) throws(WebSocketError) {
    try tick(&side, mayExpire: true)
    guard deadline != .immediate else { throw .wouldBlock }
    let limit = min(deadline, side.keepAlive?.next ?? .forever)
    // Another thread that ends the connection from here on, or leaves this one something to send, ends the wait.
    readWaker.clear()
    try checkCanReceive(&side)
    // Another thread that has the write side sends pending output, and wakes this one if the socket takes only a part.
    let isPending = pump(asReader: true) && hasPendingOutput.load(ordering: .sequentiallyConsistent)
    let events: PollEvents
    do throws(Errno) {
      events = try below.wait(
        for: isPending ? [.readable, .writable] : .readable, Wait(until: limit, waker: readWaker))
    } catch {
      guard error == .woken else { throw .connectionLost(error) }
      return
    }
    if isPending, events.contains(.writable) { pump() }
    if events.isEmpty {
      try tick(&side, mayExpire: true)
      if deadline.hasPassed { throw .wouldBlock }
    }
  }

  private func noteArrival(_ count: Int, _ side: inout ReadSide) {
    guard side.frame != nil || side.compressed != nil, side.keepAlive?.noteFrameArriving() == true else { return }
    armTimer(&side)
  }

  /// Sends a PING that is due; with `mayExpire` finds out that a PONG is overdue, which only makes sense when the
  /// socket has been found empty.
  func tick(_ side: inout ReadSide, mayExpire: Bool) throws(WebSocketError) {
    guard var clock = side.keepAlive else { return }
    switch clock.tick(now: .now) {
    case .nothing:
      return
    case .sendPing(let payload):
      side.keepAlive = clock
      enqueue(.ping, ControlQueue.Body(payload))
      armTimer(&side)
    case .expired:
      guard mayExpire else { return }
      markFailed()
      throw .keepAliveExpired
    }
  }

  /// Has the descriptor poll readable when the next PING, or the missing PONG, is due.
  func armTimer(_ side: inout ReadSide) {
    guard let clock = side.keepAlive else { return }
    // Without a timer the pings still leave from within blocking calls.
    readiness.withLock { try? $0.setTimer(clock.next) }
  }
}
