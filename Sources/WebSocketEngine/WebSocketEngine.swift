public import WebSocketProtocol
public import WestwindBuffers

/// A source of keys to mask with. A peer must not be able to guess the next one (RFC 6455 10.3).
public protocol MaskingKeySource: ~Copyable {
  /// A key that is used once.
  mutating func next() -> MaskingKey
}

/// A server masks nothing, and needs no keys.
public struct NoMaskingKeys: MaskingKeySource {
  @inlinable public init() {}

  public mutating func next() -> MaskingKey {
    preconditionFailure("a client masks its frames, and has to be given keys")
  }
}

/// A whole connection without I/O, for one owner: a server's loop, an async client, a board.
///
/// It answers PING, takes part in the closing handshake, and puts answers behind what waits in the output. The owner moves
/// bytes:
///
///     receive bytes:   engine.receiving.makeRoom(from: memory); fill engine.receiving.input
///     look at them:    while true { switch engine.next(from: memory) { ... } }
///     send bytes:      write engine.sending.output; engine.sent(count, to: memory)
///
/// Clock, memory and keys come from the owner. The halves are public, so that payload can be lent from one into the other.
public struct WebSocketEngine: ~Copyable {
  /// What there is to do.
  public enum Event: Sendable, Hashable {
    /// Receive bytes into `receiving.input`, or go away until some come.
    case needsInput
    /// The peer makes this side answer, and does not read the answers: send the output first.
    case needsOutput
    /// A data frame has begun; `receiving` has it. If nothing of its payload is `available`, and `message.remaining` is not 0,
    /// receive bytes, as at `needsInput`.
    case data
    /// CLOSE, or with `answersControlFrames` off another control frame, is there; `receiving` has it. `finishControl` behind it.
    case control(Opcode)
    /// The connection is over for this reason, which the peer is told. Told once; then `ended`.
    case failed(EngineFailure)
    /// Nothing more comes. When the output has left, the stream can be closed.
    case ended
  }

  /// The most bytes that may wait in the output when answers are added.
  public static var answerLimit: Int { 16384 }

  // In this order there is nothing between them.
  public var sending: SendEngine
  public let role: Role
  public var state = CloseState()
  public var receiving: ReceiveEngine

  @inlinable public init(role: Role, receiving: consuming ReceiveEngine, sending: consuming SendEngine) {
    self.role = role
    self.receiving = receiving
    self.sending = sending
  }

  /// A connection without compression.
  ///
  /// - Parameters:
  ///   - role: this end's.
  ///   - input: capacity in bytes; at least `ReceiveEngine.minimumInput`.
  ///   - output: capacity in bytes to begin with; it grows with what is put in.
  ///   - keepAlive: PING frames of the connection's own; nil for none.
  ///   - now: nanoseconds of the caller's clock, for keep alive.
  @inlinable public init(
    role: Role, input: Int, output: Int, keepAlive: KeepAliveTimes? = nil, now: Int64 = 0
  ) {
    self.init(
      role: role,
      receiving: ReceiveEngine(role: role, input: ByteQueue(capacity: input), keepAlive: keepAlive, now: now),
      sending: SendEngine(output: ByteQueue(capacity: output)))
  }

  /// Says what to do next, and does what concerns nobody else.
  ///
  /// - Parameters:
  ///   - now: nanoseconds of a clock that does not go back; asked only for keep alive.
  ///   - keys: a client's.
  ///   - source: of memory.
  @inlinable public mutating func next<Source: BufferSource, Keys: MaskingKeySource & ~Copyable>(
    at now: @autoclosure () -> Int64 = 0, keys: inout Keys, from source: Source
  ) -> Event {
    while true {
      switch receiving.next(&state, at: now()) {
      case .needsInput: return .needsInput
      case .data: return .data
      case .control(let opcode): return .control(opcode)
      case .ended:
        // Also behind the end of the stream: that is a fact from now on.
        receiving.end(&state)
        return .ended
      case .needsMemory: receiving.giveMemory(from: source)
      case .answer(let opcode):
        if state.allowsSending {
          guard sending.output.count <= Self.answerLimit else { return .needsOutput }
          sending.output.reserve(SendEngine.controlFrameRoom, from: source)
          let key = role == .client ? keys.next() : nil
          receiving.withAnswer { payload in sending.appendControl(opcode, payload, key: key, &state) }
        }
        receiving.finishAnswer()
      case .failed(let failure):
        if let code = failure.closeCode { sendClose(code, keys: &keys, from: source) }
        // A peer that does not answer does not read either.
        if failure == .keepAliveExpired { state.insert(.failed) }
        receiving.end(&state)
        return .failed(failure)
      }
    }
  }

  /// Says what a server is to do next.
  @inlinable public mutating func next<Source: BufferSource>(
    at now: @autoclosure () -> Int64 = 0, from source: Source
  ) -> Event {
    var keys = NoMaskingKeys()
    return next(at: now(), keys: &keys, from: source)
  }

  /// A control frame has been looked at. CLOSE is answered, unless this side has sent its own: with the peer's code
  /// (RFC 6455 5.5.1).
  @inlinable public mutating func finishControl<Source: BufferSource, Keys: MaskingKeySource & ~Copyable>(
    keys: inout Keys, from source: Source
  ) {
    let code = receiving.closeCode
    guard receiving.finishControl(&state), receiving.answersControlFrames else { return }
    sendClose(code, keys: &keys, from: source)
  }

  @inlinable public mutating func finishControl<Source: BufferSource>(from source: Source) {
    var keys = NoMaskingKeys()
    finishControl(keys: &keys, from: source)
  }

  /// Puts a frame into the output, whole.
  ///
  /// - Throws: why the frame is not sent; nothing has been done then.
  @inlinable public mutating func send<Source: BufferSource, Keys: MaskingKeySource & ~Copyable>(
    _ opcode: Opcode, _ payload: borrowing Payload, isFinal: Bool = true, keys: inout Keys, from source: Source
  ) throws(SendFailure) {
    try sending.send(
      opcode, payload, isFinal: isFinal, key: role == .client ? keys.next() : nil, &state, from: source)
  }

  /// Puts a server's frame into the output, whole.
  @inlinable public mutating func send<Source: BufferSource>(
    _ opcode: Opcode, _ payload: borrowing Payload, isFinal: Bool = true, from source: Source
  ) throws(SendFailure) {
    var keys = NoMaskingKeys()
    try send(opcode, payload, isFinal: isFinal, keys: &keys, from: source)
  }

  /// Bytes of the output have left.
  @inlinable public mutating func sent<Source: BufferSource>(_ count: Int, to source: Source) {
    sending.sent(count)
    sending.releaseMemory(to: source)
  }

  /// The stream takes no more bytes: what waits is dropped.
  @inlinable public mutating func failSending<Source: BufferSource>(to source: Source) {
    state.insert(.sendFailed)
    sending.output.drop(sending.output.count)
    sending.releaseMemory(to: source)
  }

  /// Returns the memory of a connection that is to be thrown away.
  @inlinable public mutating func close<Source: BufferSource>(to source: Source) {
    state.insert(.disconnected)
    receiving.end(&state)
    receiving.releaseMemory(to: source)
    sending.output.drop(sending.output.count)
    sending.releaseMemory(to: source)
  }

  @usableFromInline mutating func sendClose<Source: BufferSource, Keys: MaskingKeySource & ~Copyable>(
    _ code: CloseCode?, keys: inout Keys, from source: Source
  ) {
    guard state.allowsSending else { return }
    let bytes: InlineArray<2, UInt8> = [
      UInt8((code?.rawValue ?? 0) >> 8), UInt8(truncatingIfNeeded: code?.rawValue ?? 0),
    ]
    sending.output.reserve(SendEngine.controlFrameRoom, from: source)
    // Sound: bytes have no padding.
    let body = unsafe bytes.span.bytes
    sending.appendControl(
      .close, body.extracting(first: code == nil ? 0 : 2), key: role == .client ? keys.next() : nil, &state)
  }
}
