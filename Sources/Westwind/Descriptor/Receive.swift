internal import Synchronization
internal import SystemPackage
internal import WebSocketEngine
internal import WebSocketProtocol
internal import WestwindBuffers
internal import WestwindSockets

/// The receiving calls. All of them go round one loop, `awaitNext`, which does what the engine says until there is something
/// to deliver.
extension BlockingConnection {
  /// How a call delivers.
  struct Delivery {
    /// Go on until the frame is complete or the buffer full; otherwise return with what is there.
    var fillsBuffer = true
    /// Leave what is delivered.
    var isPeek = false
  }

  // MARK: The loop

  /// Waits for payload of a data frame, or a control frame that the caller is to have.
  ///
  /// - Parameters:
  ///   - room: of the caller's memory that is to have the payload.
  ///   - budget: the call's, so that a peer who never stops sending does not make it outlast its time.
  /// - Returns: the opcode of a control frame; nil for data.
  func awaitNext(
    _ side: inout ReadSide, room: Int = 0, _ budget: inout ReadBudget, deadline: Deadline
  ) throws(WebSocketError) -> Opcode? {
    if hasAffairs { pump() }
    while true {
      // What ended the stream is told first, whatever has happened since; but memory may be gone behind a disconnect.
      if !side.engine.isOver || state.contains(.disconnected) { try checkCanReceive() }
      switch nextStep(&side) {
      case .data:
        side.noteSize()
        return nil
      case .control(let opcode):
        // Many of them are to come with one read.
        side.large.header = 0
        return opcode
      case .failed(let failure): throw WebSocketError(failure)
      case .ended: throw ended
      case .needsInput, .needsMemory, .answer: side.noteSize()
      }
      // Bytes in memory are looked at whatever the time; the socket, whose peer may never stop, is not.
      if budget.isSpent(deadline) { throw cutShort(&side) }
      budget.note(try fill(&side, atMost: side.sizeOfFirstRead(room: room), deadline: deadline))
    }
  }

  /// Asks the engine, and does what concerns the connection alone.
  ///
  /// - Returns: a step that the caller is to take.
  func nextStep(_ side: inout ReadSide) -> ReceiveEngine.Step {
    side.engine.answersControlFrames = answersControlFrames.load(ordering: .relaxed)
    var hasAnswered = false
    defer { if hasAnswered { pump() } }
    while true {
      let before = state
      var after = before
      let step = side.engine.next(&after, at: Deadline.now.nanoseconds)
      if after != before { noteFound(after, over: before, &side) }
      switch step {
      case .answer(let opcode):
        side.large.header = 0
        answer(opcode, &side)
        hasAnswered = true
      case .needsMemory:
        if let compressionPools {
          side.engine.giveMemory(from: compressionPools)
        } else {
          side.engine.giveMemory(from: inputPool)
        }
      default: return step
      }
    }
  }

  private func noteFound(_ after: CloseState, over before: CloseState, _ side: inout ReadSide) {
    if after.contains(.closeReceived), !before.contains(.closeReceived) {
      let status = CloseStatus(body: side.engine.withPayload(side.engine.available) { [UInt8]($0) })
      closeStatus.withLock { $0 = status }
    }
    note(after)
  }

  @inline(__always) func checkCanReceive() throws(WebSocketError) {
    guard state.allowsReceiving else { throw ended }
  }

  /// Takes the read lock, and leaves things in order behind the body.
  @inline(__always) func reading<R>(
    until deadline: Deadline, _ body: (inout ReadSide) throws(WebSocketError) -> R
  ) throws(WebSocketError) -> R {
    let result = try readSide.withLock(until: deadline) { side throws(WebSocketError) -> R in
      defer { settle(&side) }
      do throws(WebSocketError) {
        return try body(&side)
      } catch {
        if !error.isTransient { endReceiving(error, &side) }
        throw error
      }
    }
    guard let result else { throw lockMissed(deadline, or: .wouldBlock) }
    return result
  }

  /// The error of a call that did not get its side's lock.
  func lockMissed(_ deadline: Deadline, or error: WebSocketError) -> WebSocketError {
    guard state.isUsable else { return ended }
    return deadline == .immediate || !deadline.hasPassed ? .busy : error
  }

  /// RFC 6455 7.1.7: the peer is told why, now that the caller has had all that came before.
  private func endReceiving(_ error: WebSocketError, _ side: inout ReadSide) {
    if let code = EngineFailure(error)?.closeCode { enqueue(.close, .init(code: code)) }
    // A disconnect goes on reading where this was interrupted.
    if !state.contains(.disconnected) { end(&side) }
  }

  /// Nothing more is delivered. A CLOSE that has not come by now will not be seen (RFC 6455 7.1.5); a caller who shuts the
  /// reading down has learnt nothing about the peer.
  func end(_ side: inout ReadSide) {
    let before = state
    var after = before
    side.engine.end(&after)
    note(after, over: before)
    if !before.contains(.receiveShut) { noteAbnormalEnd() }
  }

  func noteAbnormalEnd() {
    closeStatus.withLock { if $0 == nil { $0 = CloseStatus(code: .abnormal) } }
  }

  /// Has the next call told what this one cannot say, because it has something to deliver.
  func owe(_ error: WebSocketError, _ side: inout ReadSide) {
    guard !error.isTransient, !state.contains(.disconnected) else { return }
    switch EngineFailure(error) {
    case let failure? where failure.isOfStream: side.engine.endInput(failure)
    case let failure?: side.engine.fail(failure)
    case nil: side.engine.endInput()
    }
  }

  /// The error of a call that has no time left and has not seen all there is.
  func cutShort(_ side: inout ReadSide) -> WebSocketError {
    side.isCutShort = true
    return .wouldBlock
  }

  /// Parses ahead, so that the descriptor polls readable if and only if something can be delivered, and returns buffers in
  /// which nothing waits.
  func settle(_ side: inout ReadSide) {
    traffic.noteReceived(&side)
    if side.isCutShort {
      // An edge-triggered poller has been told of all that is in the socket, and is told again.
      side.isCutShort = false
      side.isBuffered = true
      readiness.withLock { $0.wake() }
    }
    // The common end of a call: more of a frame waits, as the call found it; or nothing, as it found that.
    if side.engine.isBetweenReads, !side.isMoreBelow || side.isBuffered, side.isBuffered != side.engine.input.isEmpty,
      state.rawValue == 0
    {
      return side.engine.input.release(to: inputPool)
    }
    settleAll(&side)
  }

  private func settleAll(_ side: inout ReadSide) {
    var isDeliverable = true
    if state.isUsable || side.engine.isOver && !state.contains(.disconnected) {
      switch nextStep(&side) {
      // What comes next of a frame that has begun counts, not that it has begun.
      case .data: isDeliverable = side.engine.message.remaining == 0 || side.engine.available > 0
      case .needsInput, .needsMemory, .answer: isDeliverable = false
      case .control, .failed, .ended: break
      }
      traffic.noteReceived(&side)
    }
    side.engine.input.release(to: inputPool)
    if let compressionPools { side.engine.releaseInflated(to: compressionPools) }
    armTimer(&side)
    let isBuffered = isDeliverable || side.isMoreBelow
    guard isBuffered != side.isBuffered else { return }
    side.isBuffered = isBuffered
    // What another thread has ended stays readable: that is asked under the lock under which it is told.
    readiness.withLock { $0.setBuffered(isBuffered || !state.isUsable || state.contains(.receiveShut)) }
  }

  // MARK: Calls

  /// Delivers bytes of one frame.
  func receive(
    into output: inout OutputRawSpan, _ delivery: Delivery = Delivery(), deadline: Deadline
  ) throws(WebSocketError) -> ReceivedMessage {
    guard output.freeCapacity > 0 else { throw .invalidArgument(.emptyBuffer) }
    return try reading(until: deadline) { side throws(WebSocketError) in
      if !delivery.isPeek {
        if let message = deliverWhole(into: &output, &side) { return message }
        let room = output.freeCapacity
        if try awaitWhole(&side, room: room, deadline: deadline), let message = deliverWhole(into: &output, &side) {
          return message
        }
      }
      var budget = ReadBudget()
      let room = delivery.isPeek ? 0 : output.freeCapacity
      let control = try awaitNext(&side, room: room, &budget, deadline: deadline)
      return control == nil
        ? try deliverData(into: &output, delivery, &side, &budget, deadline: deadline)
        : try deliverControl(into: &output, isPeek: delivery.isPeek, &side)
    }
  }

  /// Says what the next `receive` will deliver of.
  func peek(deadline: Deadline) throws(WebSocketError) -> ReceivedMessage {
    try reading(until: deadline) { side throws(WebSocketError) in
      var budget = ReadBudget()
      _ = try awaitNext(&side, &budget, deadline: deadline)
      return side.engine.message
    }
  }

  /// Delivers payload of data frames only, whatever the frames, and passes over control frames and empty ones. A PING or
  /// CLOSE that it passes over is answered in every mode, since the caller cannot.
  ///
  /// - Returns: nil behind the peer's CLOSE, if nothing came before it.
  func receiveData(
    into output: inout OutputRawSpan, _ delivery: Delivery, deadline: Deadline
  ) throws(WebSocketError) -> ReceivedMessage? {
    try reading(until: deadline) { side throws(WebSocketError) in
      var delivered: ReceivedMessage?
      var budget = ReadBudget()
      do throws(WebSocketError) {
        repeat {
          guard let message = try deliverNextData(into: &output, delivery, &side, &budget, deadline: deadline)
          else { return delivered }
          delivered = ReceivedMessage(
            count: (delivered?.count ?? 0) + message.count, type: message.type, remaining: message.remaining)
        } while delivered?.remaining == 0 && !output.isFull && !delivery.isPeek && delivery.fillsBuffer
      } catch {
        guard delivered != nil else { throw error }
        owe(error, &side)
      }
      return delivered
    }
  }

  private func deliverNextData(
    into output: inout OutputRawSpan, _ delivery: Delivery, _ side: inout ReadSide, _ budget: inout ReadBudget,
    deadline: Deadline
  ) throws(WebSocketError) -> ReceivedMessage? {
    let room = delivery.isPeek ? 0 : output.freeCapacity
    while let opcode = try passEmpty(&side, room: room, &budget, deadline: deadline) {
      // CLOSE stays for a call that looks only.
      if delivery.isPeek, opcode == .close { return nil }
      passOver(opcode, &side)
      if opcode == .close { return nil }
    }
    return try deliverData(into: &output, delivery, &side, &budget, deadline: deadline)
  }

  /// Waits for payload, or a control frame, and passes over empty data frames.
  ///
  /// - Parameter stopsAtText: not over empty text.
  /// - Returns: the opcode of a control frame; nil for data.
  private func passEmpty(
    _ side: inout ReadSide, room: Int, stopsAtText: Bool = false, _ budget: inout ReadBudget, deadline: Deadline
  ) throws(WebSocketError) -> Opcode? {
    while true {
      let opcode = try awaitNext(&side, room: room, &budget, deadline: deadline)
      let message = side.engine.message
      if opcode != nil || message.remaining > 0 || stopsAtText && message.isText { return opcode }
      try engineCall { () throws(EngineFailure) in try side.engine.skipFrame() }
    }
  }

  /// Delivers payload of binary frames, joined: as much as has come when the first byte of it has.
  ///
  /// It passes over control frames, which are answered, and empty ones, and stops in front of text and behind CLOSE.
  func receiveBinary(into output: inout OutputRawSpan, deadline: Deadline) throws(WebSocketError) -> BinaryRun {
    guard output.freeCapacity > 0 else { throw .invalidArgument(.emptyBuffer) }
    return try reading(until: deadline) { side throws(WebSocketError) in
      var count = 0
      var budget = ReadBudget()
      do throws(WebSocketError) {
        repeat {
          // What is not there yet is waited for once only.
          let deadline = count == 0 ? deadline : .immediate
          if count > 0, !hasDeliverable(&side) { break }
          if let opcode = try passEmpty(
            &side, room: output.freeCapacity, stopsAtText: true, &budget, deadline: deadline)
          {
            // CLOSE behind payload stays for the next call.
            if count > 0 { break }
            passOver(opcode, &side)
            if opcode == .close { return .close }
          } else if side.engine.message.isText {
            if count > 0 { break }
            return .text
          } else {
            count += try deliverData(
              into: &output, Delivery(fillsBuffer: false), &side, &budget, deadline: deadline
            ).count
          }
        } while !output.isFull
      } catch {
        guard count > 0 else { throw error }
        owe(error, &side)
      }
      return .bytes(count)
    }
  }

  /// Whether a call would deliver something, or say why nothing more comes, without asking the socket.
  private func hasDeliverable(_ side: inout ReadSide) -> Bool {
    switch nextStep(&side) {
    case .data: side.engine.message.remaining == 0 || side.engine.available > 0
    case .control, .failed, .ended: true
    case .needsInput, .needsMemory, .answer: false
    }
  }

  // MARK: Messages

  func receiveMessage(maxSize: Int, deadline: Deadline) throws(WebSocketError) -> WebSocketMessage {
    guard maxSize >= 0 else { throw .invalidArgument(.outOfRange("maxSize", minimum: 0, maximum: .max)) }
    let message = try joined.withLock(until: deadline) { joined throws(WebSocketError) in
      do throws(WebSocketError) {
        return try reading(until: deadline) { side throws(WebSocketError) in
          try join(&joined, &side, limit: maxSize, deadline: deadline)
        }
      } catch {
        if !error.isTransient { joined = nil }
        throw error
      }
    }
    guard let message else { throw lockMissed(deadline, or: .wouldBlock) }
    return message
  }

  private func join(
    _ joined: inout JoinedMessage?, _ side: inout ReadSide, limit: Int, deadline: Deadline
  ) throws(WebSocketError) -> WebSocketMessage {
    var budget = ReadBudget()
    while true {
      if try awaitNext(&side, &budget, deadline: deadline) != nil { return try controlMessage(&side) }
      // Large payload goes straight into the message. Memory grows with what has come, not with what a header claims will.
      if side.engine.directPayload >= UInt64(side.sizeOfDirectRead) {
        try engineCall { () throws(EngineFailure) in try side.engine.begin(&joined, limit: limit) }
        let isFinal = side.engine.message.isFinal
        if budget.isSpent(deadline) { throw cutShort(&side) }
        let step = Int(min(side.engine.directPayload, UInt64(max(65536, joined!.payload.count))))
        let remaining = side.engine.message.remaining
        let count = try joined!.payload.append(atMost: step) { output throws(WebSocketError) in
          try fillDirectly(&output, &side, deadline: deadline)
        }
        budget.note(count)
        guard isFinal, UInt64(count) == remaining else { continue }
      } else if side.engine.available == 0, side.engine.message.remaining > 0 {
        try engineCall { () throws(EngineFailure) in try side.engine.begin(&joined, limit: limit) }
        if budget.isSpent(deadline) { throw cutShort(&side) }
        budget.note(try fill(&side, atMost: side.sizeOfNextRead, deadline: deadline))
        continue
      } else {
        let endsMessage = try engineCall { () throws(EngineFailure) in try side.engine.join(&joined, limit: limit) }
        guard endsMessage else { continue }
      }
      let whole = joined!
      joined = nil
      return WebSocketMessage(type: whole.type.union(.final), payload: whole.payload)
    }
  }

  private func controlMessage(_ side: inout ReadSide) throws(WebSocketError) -> WebSocketMessage {
    let type = side.engine.message.type
    let payload = side.engine.withPayload(side.engine.available) { [UInt8]($0) }
    finishControl(&side)
    return WebSocketMessage(type: type, payload: payload)
  }

  // MARK: Delivering

  func deliverData(
    into output: inout OutputRawSpan, _ delivery: Delivery, _ side: inout ReadSide, _ budget: inout ReadBudget,
    deadline: Deadline
  ) throws(WebSocketError) -> ReceivedMessage {
    var message = side.engine.message
    do throws(WebSocketError) {
      while message.remaining > 0, !output.isFull {
        if side.engine.available == 0 {
          let room = min(side.engine.directPayload, UInt64(output.freeCapacity))
          if !delivery.isPeek, room > 0, room >= UInt64(side.sizeOfDirectRead) {
            let count = try fillDirectly(&output, &side, deadline: deadline)
            budget.note(count)
            message.count += count
            message.remaining -= UInt64(count)
            if !delivery.fillsBuffer || budget.isSpent(deadline) { break }
            continue
          }
          budget.note(try fill(&side, atMost: side.sizeOfNextRead, deadline: deadline))
        }
        if delivery.isPeek {
          try fillForPeek(output.freeCapacity, &side, deadline: delivery.fillsBuffer ? deadline : .immediate)
        }
        let count = try engineCall { () throws(EngineFailure) in
          try side.engine.copyPayload(to: &output, isPeek: delivery.isPeek)
        }
        message.count += count
        if delivery.isPeek { break }
        message.remaining -= UInt64(count)
        if !delivery.fillsBuffer || budget.isSpent(deadline) { break }
      }
      // An empty frame is told once.
      if message.remaining == 0, message.count == 0, !delivery.isPeek {
        try engineCall { () throws(EngineFailure) in try side.engine.skipFrame() }
      }
    } catch {
      // What has been delivered is the caller's; a lasting error comes again with the next call. Text that turns out not to be
      // UTF-8 is nobody's.
      guard message.count > 0 else { throw error }
      if case .protocolViolation = error { throw error }
      owe(error, &side)
    }
    return message
  }

  /// Gets more of the present frame into the input, as far as it comes in time and there is room.
  private func fillForPeek(_ wanted: Int, _ side: inout ReadSide, deadline: Deadline) throws(WebSocketError) {
    guard side.engine.isStreaming else { return }
    let wanted = Int(min(UInt64(min(wanted, side.engine.input.capacity)), side.engine.message.remaining))
    var budget = ReadBudget()
    do throws(WebSocketError) {
      while side.engine.input.count < wanted {
        if side.engine.input.freeAtEnd < wanted - side.engine.input.count { side.engine.input.compact() }
        if budget.isSpent(deadline) { break }
        budget.note(try fill(&side, deadline: deadline))
      }
    } catch {
      owe(error, &side)
    }
  }

  private func deliverControl(
    into output: inout OutputRawSpan, isPeek: Bool, _ side: inout ReadSide
  ) throws(WebSocketError) -> ReceivedMessage {
    var message = side.engine.message
    message.count = try engineCall { () throws(EngineFailure) in
      try side.engine.copyPayload(to: &output, isPeek: isPeek)
    }
    if isPeek { return message }
    message.remaining = side.engine.message.remaining
    if message.remaining == 0 { finishControl(&side) }
    return message
  }

  /// A control frame has been delivered. CLOSE is answered only now.
  func finishControl(_ side: inout ReadSide) {
    let before = state
    var after = before
    let isClose = side.engine.finishControl(&after)
    note(after, over: before)
    if isClose { answerClose(&side) }
  }

  /// Takes off a control frame that the caller is not to see, and answers it: nobody else can (RFC 6455 5.5.1, 5.5.2). One
  /// of which the caller has had a part, by a call that delivers control frames, is the caller's to answer.
  private func passOver(_ opcode: Opcode, _ side: inout ReadSide) {
    guard !answersControlFrames.load(ordering: .relaxed), side.engine.isAtFrameStart else {
      return finishControl(&side)
    }
    switch opcode {
    // It leaves before the next wait.
    case .ping: answer(.pong, &side)
    case .close:
      let answer = side.engine.withPayload(side.engine.available) { ControlQueue.Body(answeringClose: $0) }
      finishControl(&side)
      if state.allowsSending { enqueue(.close, answer) }
    default: finishControl(&side)
    }
  }

  /// Answers CLOSE, unless that has been done. RFC 6455 5.5.1: the answer echoes the code.
  func answerClose(_ side: inout ReadSide) {
    guard answersControlFrames.load(ordering: .relaxed), state.allowsSending else { return }
    enqueue(.close, side.engine.closeCode.map { .init(code: $0) } ?? ControlQueue.Body())
  }

  @inline(__always) func engineCall<R>(
    _ body: () throws(EngineFailure) -> R
  ) throws(WebSocketError) -> R {
    do throws(EngineFailure) {
      return try body()
    } catch {
      throw WebSocketError(error)
    }
  }

  // MARK: The common case

  /// Nothing else is to be seen to before a frame is delivered.
  @inline(__always) var isUndisturbed: Bool { state.rawValue == 0 && !hasAffairs }

  /// Delivers a frame of the common kind that waits whole, in as few steps as can be.
  ///
  /// - Returns: nil in every other case; nothing has been done then.
  private func deliverWhole(into output: inout OutputRawSpan, _ side: inout ReadSide) -> ReceivedMessage? {
    guard let (count, type) = side.engine.wholePayload, isUndisturbed, count <= output.freeCapacity else { return nil }
    side.engine.input.copyFirst(count, to: &output)
    side.engine.takeWhole(count)
    // The beginning of the next one very often waits, too.
    _ = beginWhole(&side)
    return ReceivedMessage(count: count, type: type, remaining: 0)
  }

  /// Asks the socket once if nothing waits, and begins a frame of the common kind if that is what comes.
  ///
  /// - Parameter room: of the caller's memory; 0 if the payload is to be lent.
  /// - Returns: false in every other case: what has come waits.
  func awaitWhole(_ side: inout ReadSide, room: Int, deadline: Deadline) throws(WebSocketError) -> Bool {
    guard side.engine.isIdle, isUndisturbed else { return false }
    try fill(&side, atMost: side.sizeOfFirstRead(room: room), deadline: deadline)
    return beginWhole(&side)
  }

  /// - Returns: false if what waits does not begin with such a header and some of its payload.
  @inline(__always) func beginWhole(_ side: inout ReadSide) -> Bool {
    guard let (header, payload) = side.engine.beginCommon() else { return false }
    side.noteSize(header: header, payload: UInt64(payload))
    side.framesNoted = side.engine.framesReceived
    return true
  }
}

/// Looks at the clock now and then in a loop that never has to wait, because the peer never stops sending: nothing else
/// would end it at its deadline.
struct ReadBudget {
  private static let limit = 16
  private var spent = 0

  /// Notes a read of so many bytes; each may have cost the work of a frame.
  mutating func note(_ count: Int) { spent &+= 1 + count >> 12 }

  /// - Returns: whether the deadline has passed, which is asked only behind every sixteenth read, or every 64 KiB; so a call
  ///   that does not wait makes no more reads than that.
  mutating func isSpent(_ deadline: Deadline) -> Bool {
    guard spent >= Self.limit else { return false }
    spent = 0
    return deadline.hasPassed
  }
}

extension WebSocketError {
  /// Nothing is wrong: calling again may succeed.
  var isTransient: Bool {
    switch self {
    case .wouldBlock, .busy: true
    default: false
    }
  }

  init(_ failure: EngineFailure) {
    self =
      switch failure {
      case .violation(let violation): .protocolViolation(violation)
      case .messageTooBig(let limit): .messageTooBig(limit: limit)
      case .outOfMemory: .system(.noMemory)
      case .keepAliveExpired: .keepAliveExpired
      case .streamLost(let number): .connectionLost(Errno(rawValue: number))
      }
  }
}

extension EngineFailure {
  /// Bytes that had come before it are delivered first.
  fileprivate var isOfStream: Bool {
    switch self {
    case .streamLost, .keepAliveExpired: true
    default: false
    }
  }

  /// - Returns: nil if the error is not one that the engine knows: a caller's mistake, or the end of the stream.
  init?(_ error: WebSocketError) {
    switch error {
    case .protocolViolation(let violation): self = .violation(violation)
    case .messageTooBig(let limit): self = .messageTooBig(limit: limit)
    case .system(.noMemory): self = .outOfMemory
    case .keepAliveExpired: self = .keepAliveExpired
    case .connectionLost(let error): self = .streamLost(error.rawValue)
    default: return nil
    }
  }
}

extension [UInt8] {
  fileprivate init(_ bytes: RawSpan) {
    // Sound: read within its bounds.
    self = unsafe bytes.withUnsafeBytes { unsafe [UInt8]($0) }
  }

  /// Grows by what the body writes, into memory that nothing is written to before.
  ///
  /// - Returns: what the body returns.
  fileprivate mutating func append<R, E: Error>(
    atMost capacity: Int, _ body: (inout OutputRawSpan) throws(E) -> R
  ) throws(E) -> R {
    var outcome: Result<R, E>?
    append(addingCapacity: capacity) { room in
      // Sound: the part lent is the free room, any byte is a UInt8, and the count grows by what was written.
      unsafe room.withUnsafeMutableBufferPointer { buffer, count in
        var output = unsafe OutputRawSpan(
          buffer: UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[count...]),
          initializedCount: 0)
        outcome = Result { () throws(E) in try body(&output) }
        count += output.byteCount
      }
    }
    return try outcome!.get()  // the body has run
  }
}
