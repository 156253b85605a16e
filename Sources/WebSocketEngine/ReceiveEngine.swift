public import WebSocketProtocol
public import WestwindBuffers

#if Compression
  public import PerMessageDeflate
#endif

/// The receiving half of a connection, without I/O: bytes go in, and `next` says what to do.
///
///     shell                                   engine
///       bytes from the stream --------------> input
///       next(at: now) ----------------------> needsInput    receive more bytes into `input`
///                                             needsMemory   `giveMemory`
///                                             answer        append the control frame to the sending half; `finishAnswer`
///                                             data          `copyPayload`, or lend and `takePayload`
///                                             control       the same; behind its last byte `finishControl`
///                                             failed        tell the caller, then the peer (`closeCode`); `end`
///                                             ended         nothing more comes
///
/// `next` may be asked as often as its owner likes: the answer changes when something has been done. Headers and control
/// frames stay in the input until they are whole, so a connection with nothing under way has no memory. Payload is unmasked,
/// checked and counted here, and decompressed; it is never copied but to the caller.
///
/// The engine knows no clock, no lock and no thread. It is passed on by reference throughout (`inout`): a noncopyable value
/// that is lent may be handed over as a copy of its bytes, and these are many.
public struct ReceiveEngine: ~Copyable {
  /// What is to be done next.
  public enum Step: Sendable, Hashable {
    /// Nothing can be delivered: bytes have to come into `input` first.
    case needsInput
    /// A compressed frame needs room for its payload, or a control frame is larger than the input.
    case needsMemory
    /// This control frame of the engine's own is to be sent; `withAnswer` has its payload.
    case answer(Opcode)
    /// A data frame has begun: `message` describes it, and `available` bytes of its payload are there. If there are none, and
    /// `message.remaining` is not 0, bytes have to come first, into `input` or by `directPayload`.
    case data
    /// A control frame for the caller is there, whole. `message` describes it.
    case control(Opcode)
    /// The connection is over for this reason.
    case failed(EngineFailure)
    /// Nothing more comes.
    case ended
  }

  /// How far the frame that is arriving has got.
  @usableFromInline enum Stage: UInt8, Sendable {
    /// Its header is not there yet.
    case header
    /// Payload is delivered as it comes.
    case data
    /// Payload is decompressed as it comes.
    case compressed
    /// All payload has been decompressed.
    case inflated
    /// A control frame is collected in the input.
    case control
    /// PING, to be answered; then it is gone.
    case answer
    case failed
  }

  @usableFromInline struct Frame: Sendable {
    /// Payload bytes still to be delivered, or, while it is `compressed`, decompressed.
    @usableFromInline var remaining: UInt64 = 0
    /// Payload bytes before the next; only its last bits matter, to the key.
    @usableFromInline var offset: UInt32 = 0
    /// How many of the bytes that wait in the input have been unmasked and, if text, checked.
    @usableFromInline var prepared: UInt32 = 0
    @usableFromInline var key: MaskingKey?
    /// The bits of `type`, all of which are in the first byte.
    @usableFromInline var typeBits: UInt8 = 0

    @inlinable var type: MessageType { MessageType(rawValue: UInt32(typeBits)) }

    @usableFromInline init() {}

    @inlinable @inline(__always) init(type: MessageType, key: MaskingKey?, remaining: UInt64) {
      typeBits = UInt8(truncatingIfNeeded: type.rawValue)
      self.key = key
      self.remaining = remaining
    }
  }

  // Large fields come first, so that there is nothing between them: a server has many connections.
  public var input: ByteQueue
  /// Frames of every kind whose header has been read.
  @inlinable public var framesReceived: UInt64 { frames }
  @usableFromInline var frames: UInt64 = 0
  /// Payload bytes that have been taken, those of compressed frames as they were before.
  @inlinable public var bytesReceived: UInt64 { bytes }
  @usableFromInline var bytes: UInt64 = 0
  private var keepAlive: KeepAliveClock?
  #if Compression
    private var inflation: Inflation?
  #endif
  @usableFromInline var frame = Frame()
  @usableFromInline var rules: ReceiveState
  @usableFromInline var stage = Stage.header
  /// There is nothing to see to but frames: no compression, no keep alive, and the stream goes on.
  @usableFromInline var isPlain: Bool
  /// A PING of the engine's own is to be sent.
  private var owesPing = false
  /// No more bytes come; `failure` says why, or it is the end of the stream.
  public private(set) var isInputOver = false
  /// PING and CLOSE are answered, PING and PONG are not delivered, and a CLOSE is checked. Otherwise, as in Zephyr, every
  /// control frame is the caller's.
  public var answersControlFrames = true
  /// The code in the peer's CLOSE; nil if it has none, or has not come.
  public private(set) var closeCode: CloseCode?
  private var failure: EngineFailure?

  /// The least capacity of an input: two headers.
  public static var minimumInput: Int { 32 }

  /// - Parameters:
  ///   - role: this end's.
  ///   - input: of `minimumInput` bytes or more; what it holds are the first frames.
  ///   - keepAlive: PING frames of the connection's own; nil for none.
  ///   - now: nanoseconds of the caller's clock, for keep alive.
  public init(role: Role, input: consuming ByteQueue, keepAlive: KeepAliveTimes? = nil, now: Int64 = 0) {
    precondition(input.capacity >= Self.minimumInput, "the input is too small")
    self.input = input
    rules = ReceiveState(role: role)
    self.keepAlive = keepAlive.map { KeepAliveClock(interval: $0.interval, timeout: $0.timeout, now: now) }
    isPlain = keepAlive == nil
    #if Compression
      inflation = nil
    #endif
  }

  #if Compression
    /// - Parameters:
    ///   - role: this end's.
    ///   - input: what it holds are the first frames.
    ///   - compression: what was agreed on.
    ///   - messageLimit: the most bytes that a compressed message may have, decompressed.
    ///   - frameSize: a decompressed frame of so many bytes takes the memory that its source gives for this size.
    ///   - keepAlive: PING frames of the connection's own; nil for none.
    ///   - now: nanoseconds of the caller's clock, for keep alive.
    public init(
      role: Role, input: consuming ByteQueue, compression: PerMessageDeflateParameters, messageLimit: Int,
      frameSize: Int,
      keepAlive: KeepAliveTimes? = nil, now: Int64 = 0
    ) {
      precondition(input.capacity >= Self.minimumInput, "the input is too small")
      self.input = input
      rules = ReceiveState(role: role, allowsCompression: true)
      self.keepAlive = keepAlive.map { KeepAliveClock(interval: $0.interval, timeout: $0.timeout, now: now) }
      isPlain = false
      inflation = Inflation(role: role, compression, limit: messageLimit, frameSize: frameSize)
    }
  #endif

  // MARK: Steps

  /// Says what to do next.
  ///
  /// - Parameters:
  ///   - state: the connection's; what is found out is added.
  ///   - now: nanoseconds of a clock that does not go back; asked only for keep alive.
  @inlinable @inline(__always)
  public mutating func next(_ state: inout CloseState, at now: @autoclosure () -> Int64 = 0) -> Step {
    // The common case, in as few steps as can be; `nextOfAny` says the same.
    if isPlain, stage == .header, !state.contains(.receiveEnded) {
      if input.isEmpty { return .needsInput }
      if beginBinary() { return .data }
    }
    return nextOfAny(&state, at: now())
  }

  @usableFromInline
  mutating func nextOfAny(_ state: inout CloseState, at now: @autoclosure () -> Int64) -> Step {
    if !isPlain, keepAlive != nil {
      // Behind CLOSE no PING can be sent, and so none is missed.
      if state.contains(.closeSent) { keepAlive = nil } else if keepAlive!.isPingDue(at: now()) { owesPing = true }
    }
    while true {
      switch stage {
      case .failed: return .failed(failure!)
      case _ where state.contains(.receiveEnded): return .ended
      case _ where owesPing: return .answer(.ping)
      case .data where isInputOver && input.isEmpty && frame.remaining > 0: return behindInput
      case .data, .inflated: return .data
      case .answer: return .answer(.pong)
      case .control:
        guard UInt64(input.count) >= frame.remaining else {
          return frame.remaining > UInt64(input.capacity) ? .needsMemory : behindInput
        }
        if let step = receiveControl(&state) { return step }
      case .compressed:
        if let step = decompress() { return step }
      case .header:
        if let step = readHeader() { return step }
      }
    }
  }

  /// Nothing more can be made of the input.
  private var behindInput: Step {
    guard isInputOver else { return .needsInput }
    return failure.map { .failed($0) } ?? .ended
  }

  /// - Returns: nil if a frame has begun.
  private mutating func readHeader() -> Step? {
    var index = 0
    do throws(ProtocolViolation) {
      let header = try input.withSpan { bytes throws(ProtocolViolation) in try FrameHeader.read(bytes, from: &index) }
      guard let header else { return behindInput }
      input.drop(index)
      let meaning = try rules.receive(header)
      frames &+= 1
      switch meaning {
      case .data(let kind, let isContinuation):
        let type = MessageType(kind: kind, isFinal: header.isFinal, isContinuation: isContinuation)
        frame = Frame(type: type, key: header.maskingKey, remaining: header.payloadLength)
        if rules.isCompressed {
          stage = .compressed
        } else {
          stage = .data
          if header.payloadLength == 0, header.isFinal, kind == .text {
            try rules.receiveText(Span(), endsMessage: true)
          }
        }
      case .control(let opcode):
        frame = Frame(
          type: MessageType(kind: opcode, isFinal: true), key: header.maskingKey, remaining: header.payloadLength)
        stage = .control
      }
      return nil
    } catch {
      fail(.violation(error))
      return nil
    }
  }

  /// All of a control frame is in the input.
  ///
  /// - Returns: nil if it is the engine's alone, and gone.
  private mutating func receiveControl(_ state: inout CloseState) -> Step? {
    unmask(upTo: Int(frame.remaining))
    if frame.type.contains(.close) {
      // Once it has been looked at, its body is delivered as its caller likes.
      if !state.contains(.closeReceived) {
        do throws(ProtocolViolation) {
          try readCloseCode()
        } catch {
          fail(.violation(error))
          return .failed(.violation(error))
        }
        state.insert(.closeReceived)
      }
      return .control(.close)
    }
    if frame.type.contains(.pong) { keepAlive?.notePong() }
    let isPing = frame.type.contains(.ping)
    guard answersControlFrames else { return .control(isPing ? .ping : .pong) }
    if isPing {
      stage = .answer
      return .answer(.pong)
    }
    dropFrame()
    return nil
  }

  private mutating func readCloseCode() throws(ProtocolViolation) {
    closeCode = try input.withSpan(ofFirst: Int(frame.remaining)) { body throws(ProtocolViolation) -> CloseCode? in
      if answersControlFrames {
        guard case .code(let code) = try CloseBody.check(body) else { return nil }
        return code
      }
      return body.count < 2 ? nil : CloseCode(rawValue: UInt16(body[0]) << 8 | UInt16(body[1]))
    }
  }

  // MARK: Answers

  /// Lends the payload of the control frame that `next` wants sent.
  public func withAnswer<R, E: Error>(_ body: (RawSpan) throws(E) -> R) throws(E) -> R {
    if owesPing {
      let payload = keepAlive!.payload
      // Sound: bytes have no padding.
      return try unsafe body(payload.span.bytes)
    }
    return try input.withFirst(Int(frame.remaining), body)
  }

  /// The control frame that `next` wanted sent has been appended, or is not to be sent after all.
  public mutating func finishAnswer() {
    if owesPing { owesPing = false } else { dropFrame() }
  }

  /// Takes the frame off with whatever of it waits.
  private mutating func dropFrame() {
    let count = Int(min(frame.remaining, UInt64(input.count)))
    bytes &+= UInt64(count)
    input.drop(count)
    stage = .header
  }

  // MARK: Payload

  /// The frame that `next` told of: its type, and how much of it is still to be taken. Its count is 0.
  @inlinable public var message: ReceivedMessage {
    ReceivedMessage(count: 0, type: frame.type, remaining: frame.remaining)
  }

  /// Payload bytes of the frame that wait in memory.
  @inlinable public var available: Int {
    switch stage {
    case .data, .control: Int(min(frame.remaining, UInt64(input.count)))
    case .inflated: inflatedCount
    default: 0
    }
  }

  /// Nothing of the frame that `next` told of has been taken.
  package var isAtFrameStart: Bool { frame.offset == 0 }

  /// The frame that `next` told of came masked.
  @inlinable public var isMasked: Bool { frame.key != nil }

  /// Payload is delivered as it comes, so that more of the frame may be received while it is delivered.
  @inlinable public var isStreaming: Bool { stage == .data }

  /// Unmasks the first bytes of payload that wait and, if they are text, checks them.
  ///
  /// - Throws: text that is not UTF-8; `next` says so from then on.
  @inlinable public mutating func prepare(_ count: Int) throws(EngineFailure) {
    guard stage == .data, count > frame.prepared else { return }
    if frame.type.contains(.text) { return try prepareText(count) }
    unmask(upTo: count)
  }

  @usableFromInline mutating func prepareText(_ count: Int) throws(EngineFailure) {
    let start = Int(frame.prepared)
    unmask(upTo: count)
    let endsMessage = frame.type.contains(.final) && UInt64(count) == frame.remaining
    do throws(ProtocolViolation) {
      try input.withSpan(ofFirst: count) { bytes throws(ProtocolViolation) in
        try rules.receiveText(bytes.extracting(start..<count), endsMessage: endsMessage)
      }
    } catch {
      fail(.violation(error))
      throw .violation(error)
    }
  }

  @inlinable mutating func unmask(upTo count: Int) {
    let start = Int(frame.prepared)
    guard count > start else { return }
    if let key = frame.key { input.unmask(start..<count, key: key, payloadOffset: Int(frame.offset & 3) + start) }
    frame.prepared = UInt32(truncatingIfNeeded: count)
  }

  /// Copies payload that waits, as much as there is room for, and takes it.
  ///
  /// - Parameters:
  ///   - output: memory to append to.
  ///   - isPeek: leave it.
  /// - Returns: bytes.
  public mutating func copyPayload(
    to output: inout OutputRawSpan, isPeek: Bool = false
  ) throws(EngineFailure) -> Int {
    let count = min(available, output.freeCapacity)
    try prepare(count)
    #if Compression
      if stage == .inflated {
        inflation!.output.copyFirst(count, to: &output)
        if !isPeek { takePayload(count) }
        return count
      }
    #endif
    input.copyFirst(count, to: &output)
    if !isPeek { takePayload(count) }
    return count
  }

  /// Lends the first bytes of payload that wait, which `prepare` has been called for.
  @inlinable public func withPayload<R, E: Error>(
    _ count: Int, _ body: (RawSpan) throws(E) -> R
  ) throws(E) -> R {
    stage == .inflated ? try withInflated(count, body) : try input.withFirst(count, body)
  }

  /// Takes payload off that waits. Behind a data frame's last byte comes the next frame; a control frame stays until
  /// `finishControl`.
  @inlinable public mutating func takePayload(_ count: Int) {
    if stage == .inflated { dropInflated(count) } else { input.drop(count) }
    advance(count)
  }

  @inlinable mutating func advance(_ count: Int) {
    bytes &+= UInt64(count)
    frame.remaining &-= UInt64(count)
    frame.offset &+= UInt32(truncatingIfNeeded: count)
    frame.prepared = UInt32(max(0, Int(frame.prepared) - count))
    if frame.remaining == 0, stage != .control { stage = .header }
  }

  /// How many bytes of the frame's payload the stream may put straight into the caller's memory, past the input: those that
  /// are not masked, while none waits; 0 otherwise.
  public var directPayload: UInt64 {
    stage == .data && frame.key == nil && input.isEmpty ? frame.remaining : 0
  }

  /// Notes bytes that went past the input.
  ///
  /// - Throws: as `prepare`.
  public mutating func noteDirect(_ bytes: RawSpan) throws(EngineFailure) {
    precondition(UInt64(bytes.byteCount) <= directPayload, "more than the frame's payload")
    if frame.type.contains(.text) {
      let endsMessage = frame.type.contains(.final) && UInt64(bytes.byteCount) == frame.remaining
      do throws(ProtocolViolation) {
        try bytes.withByteSpan { bytes throws(ProtocolViolation) in
          try rules.receiveText(bytes, endsMessage: endsMessage)
        }
      } catch {
        fail(.violation(error))
        throw .violation(error)
      }
    }
    advance(bytes.byteCount)
  }

  /// Takes an empty data frame off, or all of one that nobody is to have.
  public mutating func skipFrame() throws(EngineFailure) {
    let count = available
    // Text is checked all the same: the next fragment's is judged by it.
    try prepare(count)
    takePayload(count)
    if frame.remaining == 0 { stage = .header }
  }

  /// A control frame has been delivered.
  ///
  /// - Returns: true if it was CLOSE, which is to be answered now unless the caller has sent its own: with `closeCode`, or
  ///   without a body. Behind it comes nothing. RFC 6455 5.5.1 allows the delay, so that the caller can answer what came
  ///   before it.
  public mutating func finishControl(_ state: inout CloseState) -> Bool {
    let isClose = frame.type.contains(.close)
    dropFrame()
    if isClose { end(&state) }
    return isClose
  }

  // MARK: Ends

  /// Notes what ends the connection now, whatever waits; `next` says so from now on.
  public mutating func fail(_ failure: EngineFailure) {
    self.failure = failure
    stage = .failed
  }

  @inlinable public var hasFailed: Bool { stage == .failed }

  /// `next` has something to tell about the end, now or behind what waits.
  public var isOver: Bool { hasFailed || isInputOver }

  /// No more bytes come. What waits is delivered first; behind it `next` says `failed`, or `ended` if there is no failure.
  public mutating func endInput(_ failure: EngineFailure? = nil) {
    isInputOver = true
    isPlain = false
    if self.failure == nil { self.failure = failure }
  }

  /// Nothing more is delivered. Bytes that wait are dropped, and no PONG is missed any more.
  public mutating func end(_ state: inout CloseState) {
    state.insert(.receiveEnded)
    failure = nil
    keepAlive = nil
    owesPing = false
    stage = .header
    frame = Frame()
    input.drop(input.count)
    #if Compression
      inflation?.dropOutput()
    #endif
  }

  // MARK: Keep alive

  /// When `next` has something to do although no bytes came, or `noteSilence` has; nil without keep alive.
  public var keepAliveDeadline: Int64? { keepAlive?.next }

  public var hasKeepAlive: Bool { keepAlive != nil }

  /// How it was set; nil without keep alive.
  public var keepAliveTimes: KeepAliveTimes? { keepAlive?.times }

  /// Changes keep alive. The first PING is due an interval from now, and a PONG that was awaited no longer is.
  ///
  /// - Parameters:
  ///   - times: nil for none.
  ///   - now: nanoseconds of the caller's clock.
  public mutating func setKeepAlive(_ times: KeepAliveTimes?, now: Int64) {
    keepAlive = times.map { KeepAliveClock(interval: $0.interval, timeout: $0.timeout, now: now) }
    owesPing = false
    // Without keep alive again it stays on the longer way, which says the same.
    if times != nil { isPlain = false }
  }

  /// The stream has been found empty.
  ///
  /// - Parameter now: nanoseconds of the caller's clock.
  /// - Returns: whether the PONG is overdue. Then the connection has failed: what waits is delivered first.
  @discardableResult
  public mutating func noteSilence(at now: @autoclosure () -> Int64) -> Bool {
    guard keepAlive?.isExpired(at: now()) == true else { return false }
    endInput(.keepAliveExpired)
    return true
  }

  /// Whether a PONG should have been there. An owner that knows of other signs of life then looks at those, and calls
  /// `noteLife` or `noteSilence`.
  public func isPongOverdue(at now: Int64) -> Bool { keepAlive?.isExpired(at: now) == true }

  /// The peer is there: bytes came from it, or it has taken some that were sent, in front of which its PONG, or the PING,
  /// cannot arrive. The PONG has all of its time again.
  ///
  /// - Parameter now: nanoseconds of the caller's clock.
  public mutating func noteLife(at now: @autoclosure () -> Int64) {
    keepAlive?.noteLife(at: now())
  }

  /// Changes the most bytes that a compressed message may have, decompressed. One that is arriving may have as many as it has
  /// already.
  public mutating func setMessageLimit(_ limit: Int) {
    #if Compression
      inflation?.limit(to: limit)
    #endif
  }

  // MARK: Memory

  /// Sees to it that the input has memory, and free room at its end.
  @inlinable @inline(__always) public mutating func makeRoom<Source: BufferSource>(from source: Source) {
    input.acquire(from: source)
    if input.freeAtEnd == 0 { input.compact() }
  }

  /// Gives memory, as `next` asked.
  public mutating func giveMemory<Source: BufferSource>(from source: Source) {
    if stage == .control { return input.reserve(Int(frame.remaining) - input.count, from: source) }
    #if Compression
      inflation?.grow(from: source)
    #endif
  }

  /// Returns memory in which nothing waits.
  @inlinable @inline(__always) public mutating func releaseMemory<Source: BufferSource>(to source: Source) {
    input.release(to: source)
    if !isPlain { releaseInflated(to: source) }
  }

  public mutating func releaseInflated<Source: BufferSource>(to source: Source) {
    #if Compression
      inflation?.output.release(to: source)
    #endif
  }

  /// The connection is over: memory of the decompressor is freed.
  public mutating func forgetCompression() {
    #if Compression
      inflation = nil
    #endif
  }

  // MARK: Compression

  @usableFromInline var inflatedCount: Int {
    #if Compression
      inflation!.output.count
    #else
      0
    #endif
  }

  @usableFromInline func withInflated<R, E: Error>(_ count: Int, _ body: (RawSpan) throws(E) -> R) throws(E) -> R {
    #if Compression
      try inflation!.output.withFirst(count, body)
    #else
      try body(RawSpan())
    #endif
  }

  @usableFromInline mutating func dropInflated(_ count: Int) {
    #if Compression
      inflation!.output.drop(count)
    #endif
  }

  /// - Returns: nil if the frame is whole.
  private mutating func decompress() -> Step? {
    #if Compression
      let count = Int(min(UInt64(input.count), frame.remaining))
      guard count > 0 || frame.remaining == 0 || inflation!.isStalled else { return behindInput }
      unmask(upTo: count)
      let endsMessage = frame.type.contains(.final) && UInt64(count) == frame.remaining
      let before = inflation!.output.count
      var consumed = 0
      var outcome = Inflation.Outcome.done
      var failure: EngineFailure?
      do throws(EngineFailure) {
        outcome = try input.withFirst(count) { payload throws(EngineFailure) in
          try inflation!.inflate(payload, consumed: &consumed, endsMessage: endsMessage)
        }
      } catch {
        failure = error
      }
      input.drop(consumed)
      frame.remaining &-= UInt64(consumed)
      frame.offset &+= UInt32(truncatingIfNeeded: consumed)
      frame.prepared &-= UInt32(truncatingIfNeeded: consumed)
      // The first fault is what the peer is told, however the frame arrived. RFC 7692 6.2: UTF-8 is a matter of the message's
      // bytes, not of those on the wire.
      if frame.type.contains(.text) {
        let isOver = endsMessage && outcome == .done && failure == nil
        do throws(ProtocolViolation) {
          try inflation!.output.withSpan { bytes throws(ProtocolViolation) in
            try rules.receiveText(bytes.extracting(before..<bytes.count), endsMessage: isOver)
          }
        } catch {
          failure = .violation(error)
        }
      }
      if let failure {
        fail(failure)
        return .failed(failure)
      }
      if outcome == .needsRoom { return .needsMemory }
      guard frame.remaining == 0 else { return behindInput }
      stage = .inflated
      frame.remaining = UInt64(inflation!.output.count)
      return nil
    #else
      preconditionFailure("RSV1 is refused without compression")
    #endif
  }
}

/// The times of PING frames of a connection's own, in nanoseconds.
public struct KeepAliveTimes: Sendable, Hashable {
  /// From one PING to the next.
  public var interval: Int64
  /// How long the PONG may take. The time during which a frame of the peer is arriving does not count.
  public var timeout: Int64

  public init(interval: Int64, timeout: Int64) {
    self.interval = interval
    self.timeout = timeout
  }
}
