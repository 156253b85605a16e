internal import Synchronization
internal import SystemPackage
internal import WebSocketEngine
internal import WebSocketProtocol
internal import WestwindBuffers
internal import WestwindSockets

/// Bytes from the socket, and the wait for them.
extension BlockingConnection {
  /// Gets more bytes from the socket into the input: at least one.
  ///
  /// - Parameter limit: the most bytes to get.
  /// - Returns: how many.
  @discardableResult
  func fill(_ side: inout ReadSide, atMost limit: Int = .max, deadline: Deadline) throws(WebSocketError) -> Int {
    side.engine.makeRoom(from: inputPool)
    let room = min(limit, side.engine.input.freeAtEnd)
    let count = try receive(&side, deadline: deadline) { (side, isMoreBelow) throws(Errno) in
      try side.engine.input.withFree(atMost: limit) { room throws(Errno) in
        try self.below.receive(into: &room, wait: Wait(until: .immediate), holdsMore: &isMoreBelow)
      }
    }
    if count == room { side.prediction.noteFull() }
    if side.engine.hasKeepAlive { side.engine.noteLife(at: Deadline.now.nanoseconds) }
    return count
  }

  /// Gets payload of the present frame straight into the caller's memory: at least one byte, and none behind the frame. Only
  /// if the engine allows it.
  func fillDirectly(_ output: inout OutputRawSpan, _ side: inout ReadSide, deadline: Deadline) throws(WebSocketError)
    -> Int
  {
    let room = Int(min(side.engine.directPayload, UInt64(output.freeCapacity)))
    let before = output.byteCount
    var count = 0
    // Sound: the part lent is free room of `output`, and the count grows by what was written to it.
    let outcome = unsafe output.withUnsafeMutableBytes { bytes, written -> Result<Void, WebSocketError> in
      let part = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[written..<(written + room)])
      do throws(WebSocketError) {
        count = try receive(&side, deadline: deadline) { (_, isMoreBelow) throws(Errno) in
          var output = unsafe OutputRawSpan(buffer: part, initializedCount: 0)
          return try self.below.receive(into: &output, wait: Wait(until: .immediate), holdsMore: &isMoreBelow)
        }
        written += count
        return .success(())
      } catch {
        return .failure(error)
      }
    }
    try outcome.get()
    if count == room { side.prediction.noteFull() }
    if side.engine.hasKeepAlive { side.engine.noteLife(at: Deadline.now.nanoseconds) }
    let bytes = output.bytes.extracting(before..<(before + count))
    do throws(EngineFailure) {
      try side.engine.noteDirect(bytes)
    } catch {
      throw WebSocketError(error)
    }
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
      try checkCanReceive()
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
        noteAbnormalEnd()
        throw ended
      }
      return count
    }
  }

  /// Whether a read would most likely find nothing. With keep alive the socket has to be found empty before a PONG is missed.
  @inline(__always) private func waitsFirst(_ side: inout ReadSide) -> Bool {
    guard !side.isMoreBelow, !side.engine.hasKeepAlive, !hasAffairs else { return false }
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
    try noteSilence(&side)
    guard deadline != .immediate else { throw .wouldBlock }
    let limit = min(deadline, side.engine.keepAliveDeadline.map { Deadline(nanoseconds: $0) } ?? .forever)
    // Another thread that ends the connection from here on, or leaves this one something to send, ends the wait.
    readWaker.clear()
    try checkCanReceive()
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
      try noteSilence(&side)
      if deadline.hasPassed { throw .wouldBlock }
    }
  }

  // MARK: Keep alive

  /// The socket has been found empty: sends a PING that is due, and finds out that a PONG is overdue.
  private func noteSilence(_ side: inout ReadSide) throws(WebSocketError) {
    guard side.engine.hasKeepAlive else { return }
    let now = Deadline.now.nanoseconds
    if side.engine.isPongOverdue(at: now), isPeerAlive(&side) { side.engine.noteLife(at: now) }
    if side.engine.noteSilence(at: now) {
      markFailed()
      throw .keepAliveExpired
    }
    _ = nextStep(&side)
    armTimer(&side)
  }

  /// Whether a PONG that is overdue may still come: the peer has taken more of what was sent, all of which may be in front of
  /// the PING; or the PING waits here, behind a thread of this process, although the socket has room for it.
  private func isPeerAlive(_ side: inout ReadSide) -> Bool {
    let progress = peerProgress
    defer { side.progress = progress }
    if progress.isAhead(of: side.progress) { return true }
    guard hasAffairs else { return false }
    return (try? below.wait(for: .writable, Wait(until: .immediate)))?.contains(.writable) == true
  }

  var peerProgress: PeerProgress {
    PeerProgress(of: below, partsSent: traffic.partsSent.load(ordering: .relaxed))
  }

  /// Has the descriptor poll readable when the next PING, or the missing PONG, is due.
  func armTimer(_ side: inout ReadSide) {
    guard let next = side.engine.keepAliveDeadline, next != side.timerDeadline else { return }
    side.timerDeadline = next
    // Without a timer the pings still leave from within blocking calls.
    readiness.withLock { try? $0.setTimer(Deadline(nanoseconds: next)) }
  }
}

// MARK: How much to read at once

/// If frames are large only the next one's header is read behind a frame, so that no payload has to be moved.
extension ReadSide {
  /// What a large frame takes.
  struct FrameSize {
    /// Bytes; 0 for a frame that is not large.
    var header = 0
    var payload = 0
    var isMasked = false
  }

  /// Notes what the data frame that has begun takes.
  @inline(__always) mutating func noteSize() {
    guard framesNoted != engine.framesReceived else { return }
    framesNoted = engine.framesReceived
    guard engine.isStreaming else { return large.header = 0 }
    let payload = engine.message.remaining
    // Any key takes as many bytes.
    let header = FrameHeader(
      opcode: .binary, maskingKey: engine.isMasked ? MaskingKey(littleEndian: 0) : nil, payloadLength: payload)
    noteSize(header: header.encodedLength, payload: payload, isMasked: engine.isMasked)
  }

  @inline(__always) mutating func noteSize(header: Int, payload: UInt64, isMasked: Bool = false) {
    large.header = 0
    guard payload >= UInt64(engine.input.capacity / 2) else { return }
    large = FrameSize(header: header, payload: Int(min(payload, 1 << 30)), isMasked: isMasked)
  }

  /// The most bytes to read if the next frame's header is to come.
  ///
  /// - Parameter room: of the caller's memory that is to have the payload.
  @inline(__always) func sizeOfFirstRead(room: Int) -> Int {
    large.header == 0 ? .max : sizeOfFirstRead(large, room: room)
  }

  private func sizeOfFirstRead(_ large: FrameSize, room: Int) -> Int {
    guard engine.isIdle else { return .max }
    // What is not masked goes straight to the caller; the rest begins at the front of the input.
    if !large.isMasked, room >= engine.input.capacity / 2 { return large.header }
    return large.header + large.payload <= engine.input.capacity ? large.header + large.payload : .max
  }

  /// The most bytes to read if more of the present frame is to come, so that nothing but a header follows it.
  var sizeOfNextRead: Int {
    guard large.header > 0, engine.isStreaming else { return .max }
    return Int(min(engine.message.remaining, UInt64(large.payload))) - engine.input.count + large.header
  }

  /// How much payload is worth a read of its own, straight into the caller's memory. Less goes through the input, and the
  /// same read brings the next header.
  var sizeOfDirectRead: Int { large.header == 0 ? engine.input.capacity / 2 : min(4096, engine.input.capacity / 2) }
}
