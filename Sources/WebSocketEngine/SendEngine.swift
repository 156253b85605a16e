public import WebSocketProtocol
public import WestwindBuffers

#if Compression
  public import PerMessageDeflate
#endif

/// The sending half of a connection, without I/O: frames go in, and bytes for the stream wait in `output`.
///
///     begin        checks a frame against those before it, and changes nothing
///     append       puts its header and payload into `output`, masked, as far as there is room
///     sent         bytes of `output` have left
///     commit       the frame is in the output whole, or has left
///     rollback     takes the frame back, if none of it has left
///
/// A shell with a buffer of fixed size goes round `append` and `sent` until the frame is whole. A loop lets the output grow:
/// `send` does all of it.
///
/// Like the receiving half it is passed on by reference throughout.
public struct SendEngine: ~Copyable {
  /// A frame on its way into the output.
  public struct FrameInProgress: Sendable {
    @usableFromInline let header: FrameHeader
    /// The rules behind the frame.
    @usableFromInline let rules: SendState
    /// Bytes of earlier frames that waited when this one began.
    @usableFromInline let earlier: Int
    @usableFromInline let isCompressed: Bool
    /// Bytes that have left since.
    @usableFromInline var sent = 0
    @usableFromInline var hasHeader = false
    /// Payload bytes in the output, or sent.
    public internal(set) var taken = 0

    /// Payload bytes on the wire.
    public var count: Int { Int(header.payloadLength) }

    @inlinable init(header: FrameHeader, rules: SendState, earlier: Int, isCompressed: Bool) {
      self.header = header
      self.rules = rules
      self.earlier = earlier
      self.isCompressed = isCompressed
    }

    public var isMasked: Bool { header.maskingKey != nil }
    /// All of the frame is in the output, or sent.
    public var isWhole: Bool { hasHeader && taken == count }
    /// Some of the frame has left: it cannot be taken back.
    public var hasLeft: Bool { sent > earlier }
  }

  /// What waits to leave.
  public var output: ByteQueue
  /// Frames of every kind.
  @inlinable public var framesSent: UInt64 { frames }
  @usableFromInline var frames: UInt64 = 0
  /// Payload bytes, those of compressed frames as their caller counts them.
  @inlinable public var bytesSent: UInt64 { bytes }
  @usableFromInline var bytes: UInt64 = 0
  #if Compression
    /// Compresses the payload of frames, if that was agreed on.
    package private(set) var deflation: Deflation?
  #endif
  @usableFromInline var rules = SendState()
  /// Frames are sent as they are.
  @usableFromInline let isPlain: Bool

  /// The room that any control frame has to have in the output.
  @inlinable public static var controlFrameRoom: Int { FrameHeader.maximumEncodedLength + 125 }

  public init(output: consuming ByteQueue) {
    self.output = output
    isPlain = true
    #if Compression
      deflation = nil
    #endif
  }

  #if Compression
    /// - Parameters:
    ///   - role: this end's.
    ///   - output: memory to append to.
    ///   - compression: what was agreed on.
    ///   - options: this end's own.
    ///   - frameSize: a frame of so many bytes takes the memory that its source gives for this size, and a little.
    public init(
      role: Role, output: consuming ByteQueue, compression: PerMessageDeflateParameters,
      options: PerMessageDeflateOptions, frameSize: Int
    ) {
      self.output = output
      isPlain = false
      deflation = Deflation(role: role, compression, options, frameSize: frameSize)
    }
  #endif

  // MARK: A frame in steps

  /// Checks whether a frame may be sent now. It changes nothing.
  ///
  /// - Parameters:
  ///   - opcode: the frame's.
  ///   - isFinal: the frame is the last of its message.
  ///   - payload: all of it, as its caller gave it; only text and CLOSE are looked at.
  ///   - state: the connection's.
  /// - Throws: why the frame may not be sent.
  public func check(
    _ opcode: Opcode, isFinal: Bool, _ payload: borrowing Payload, _ state: CloseState
  ) throws(SendState.Refusal) -> SendState {
    let hasSentClose = state.contains(.closeSent)
    if !hasSentClose, opcode == .binary, isFinal, rules.allowsWholeBinary { return rules }
    guard rules.readsPayload(of: opcode) else {
      return try rules.sending(opcode, isFinal: isFinal, payload: Span(), hasSentClose: hasSentClose)
    }
    guard !payload.isOneRun else {
      return try payload.first.withByteSpan { bytes throws(SendState.Refusal) in
        try rules.sending(opcode, isFinal: isFinal, payload: bytes, hasSentClose: hasSentClose)
      }
    }
    // Text in more than one run is rare, and is joined to be looked at.
    var joined: [UInt8] = []
    joined.reserveCapacity(payload.byteCount)
    for run in 0..<3 {
      let bytes = payload.run(run)
      // Sound: read within its bounds.
      unsafe bytes.withUnsafeBytes { unsafe joined.append(contentsOf: $0) }
    }
    return try rules.sending(opcode, isFinal: isFinal, payload: joined.span, hasSentClose: hasSentClose)
  }

  /// Begins a frame. Nothing is in the output yet.
  ///
  /// - Parameters:
  ///   - opcode: the frame's.
  ///   - isFinal: the frame is the last of its message.
  ///   - isCompressed: the payload on the wire is compressed.
  ///   - rules: what `check` returned.
  ///   - key: to mask the payload with; nil for none.
  ///   - count: payload bytes on the wire.
  @inlinable public func begin(
    _ opcode: Opcode, isFinal: Bool, isCompressed: Bool = false, rules: SendState, key: MaskingKey?, count: Int
  ) -> FrameInProgress {
    // RFC 7692 6.1: RSV1 on a message's first frame only.
    let header = FrameHeader(
      isFinal: isFinal, reservedBits: isCompressed && opcode != .continuation ? FrameHeader.rsv1 : 0, opcode: opcode,
      maskingKey: key, payloadLength: UInt64(count))
    return FrameInProgress(header: header, rules: rules, earlier: output.count, isCompressed: isCompressed)
  }

  /// Puts the frame's header, and as much of its payload as there is room for, behind what waits.
  ///
  /// - Parameters:
  ///   - payload: all of what is the frame's payload on the wire.
  ///   - frame: the frame in progress.
  public mutating func append(_ payload: borrowing Payload, to frame: inout FrameInProgress) {
    appendHeader(to: &frame)
    guard frame.hasHeader else { return }
    var start = 0
    for run in 0..<3 {
      let bytes = payload.run(run)
      let rest = bytes.dropping(first: frame.taken - start)
      start += bytes.byteCount
      guard frame.taken < start else { continue }
      let step = min(output.freeAtEnd, rest.byteCount)
      output.append(rest.extracting(first: step), mask: frame.header.maskingKey, payloadOffset: frame.taken)
      frame.taken += step
      if frame.taken < start { return }
    }
  }

  /// Puts the frame's header behind what waits, if there is room for any header.
  public mutating func appendHeader(to frame: inout FrameInProgress) {
    guard !frame.hasHeader, output.freeAtEnd >= FrameHeader.maximumEncodedLength else { return }
    output.append(frame.header)
    frame.hasHeader = true
  }

  /// Bytes of the output have left.
  public mutating func sent(_ count: Int, of frame: inout FrameInProgress) {
    output.drop(count)
    frame.sent += count
  }

  /// Bytes have left: those of the output, and behind them payload of the frame straight from its caller's memory.
  public mutating func sentDirectly(_ count: Int, of frame: inout FrameInProgress) {
    let ofOutput = min(count, output.count)
    output.drop(ofOutput)
    frame.sent += count
    frame.taken += count - ofOutput
  }

  /// Takes the frame back; none of it has left.
  public mutating func rollback(_ frame: FrameInProgress) {
    precondition(!frame.hasLeft, "some of the frame has left")
    output.dropLast(output.count - (frame.earlier - frame.sent))
  }

  /// The frame is in the output whole, or has left.
  ///
  /// - Parameters:
  ///   - frame: the frame in progress.
  ///   - count: payload bytes, as the caller counts them.
  ///   - state: the connection's.
  public mutating func commit(_ frame: FrameInProgress, count: Int, _ state: inout CloseState) {
    rules = frame.rules
    if frame.header.opcode == .close { state.insert(.closeSent) }
    note(count)
    #if Compression
      if !frame.header.opcode.isControl {
        deflation?.noteSent(isCompressed: frame.isCompressed, isFinal: frame.header.isFinal)
      }
    #endif
  }

  @inlinable @inline(__always) mutating func note(_ count: Int) {
    frames &+= 1
    bytes &+= UInt64(count)
  }

  /// Nothing more is sent: what waits is dropped.
  public mutating func drop() {
    output.drop(output.count)
    #if Compression
      deflation = nil
    #endif
  }

  // MARK: Whole frames

  /// Whether any control frame fits behind what waits, when that has been moved to the front.
  public mutating func hasRoomForControl() -> Bool {
    if output.freeAtEnd < Self.controlFrameRoom { output.compact() }
    return output.freeAtEnd >= Self.controlFrameRoom
  }

  /// Puts a control frame of the connection's own behind what waits, for which there has to be room.
  ///
  /// - Parameters:
  ///   - opcode: the frame's.
  ///   - payload: 125 bytes at the most.
  ///   - key: to mask the payload with; nil for none.
  ///   - state: the connection's.
  public mutating func appendControl(
    _ opcode: Opcode, _ payload: RawSpan, key: MaskingKey?, _ state: inout CloseState
  ) {
    output.append(FrameHeader(opcode: opcode, maskingKey: key, payloadLength: UInt64(payload.byteCount)))
    output.append(payload, mask: key, payloadOffset: 0)
    if opcode == .close { state.insert(.closeSent) }
    note(payload.byteCount)
  }

  /// Whether a message in one binary frame may be put behind what waits as it is.
  @inlinable @inline(__always) package func allowsWholeBinary(_ count: Int) -> Bool {
    isPlain && rules.allowsWholeBinary && output.freeAtEnd >= count + 16
  }

  /// Puts a message in one binary frame behind what waits, if `allowsWholeBinary` said so.
  @inlinable @inline(__always) package mutating func appendWholeBinary(_ payload: RawSpan, key: MaskingKey?) {
    output.appendBinary(payload, mask: key)
    note(payload.byteCount)
  }

  /// Takes back a frame of `appendWholeBinary` that is all there is in the output.
  package mutating func takeBackWhole(payload count: Int) {
    output.drop(output.count)
    frames &-= 1
    bytes &-= UInt64(count)
  }

  /// Bytes of the output have left.
  @inlinable @inline(__always) public mutating func sent(_ count: Int) {
    output.drop(count)
  }

  /// Puts a frame behind what waits, in larger memory if need be.
  ///
  /// - Parameters:
  ///   - opcode: the frame's.
  ///   - payload: the frame's.
  ///   - isFinal: the frame is the last of its message.
  ///   - key: to mask the payload with; nil for none, which is a server's way (RFC 6455 5.1).
  ///   - state: the connection's.
  ///   - source: of the output's memory.
  /// - Throws: why the frame is not sent; nothing has been done then.
  @inlinable public mutating func send<Source: BufferSource>(
    _ opcode: Opcode, _ payload: borrowing Payload, isFinal: Bool = true, key: MaskingKey?, _ state: inout CloseState,
    from source: Source
  ) throws(SendFailure) {
    if opcode == .binary, isFinal, state.rawValue == 0, payload.isOneRun, allowsWholeBinary(payload.byteCount) {
      output.acquire(from: source)
      return appendWholeBinary(payload.first, key: key)
    }
    try sendAny(opcode, payload, isFinal: isFinal, key: key, &state, from: source)
  }

  @usableFromInline mutating func sendAny<Source: BufferSource>(
    _ opcode: Opcode, _ payload: borrowing Payload, isFinal: Bool, key: MaskingKey?, _ state: inout CloseState,
    from source: Source
  ) throws(SendFailure) {
    guard state.allowsSending else { throw .refused(.afterClose) }
    let rules = try checked(opcode, isFinal: isFinal, payload, state)
    let count = payload.byteCount
    #if Compression
      if let deflation, deflation.compresses(opcode, count: count) {
        let isDone = try deflation.withCompressed(
          payload, isFinal: isFinal, from: source, check: { () throws(SendFailure) in }
        ) { wire throws(SendFailure) in
          try self.put(
            opcode, Payload(wire), isFinal: isFinal, isCompressed: true, rules: rules, key: key, plainCount: count,
            &state,
            from: source)
          return true
        }
        if isDone != nil { return }
        // A message that began compressed cannot go on otherwise.
        guard opcode != .continuation else { throw .outOfMemory }
      }
    #endif
    try put(
      opcode, payload, isFinal: isFinal, isCompressed: false, rules: rules, key: key, plainCount: count, &state,
      from: source)
  }

  private func checked(
    _ opcode: Opcode, isFinal: Bool, _ payload: borrowing Payload, _ state: CloseState
  ) throws(SendFailure) -> SendState {
    do throws(SendState.Refusal) {
      return try check(opcode, isFinal: isFinal, payload, state)
    } catch {
      throw .refused(error)
    }
  }

  private mutating func put<Source: BufferSource>(
    _ opcode: Opcode, _ payload: borrowing Payload, isFinal: Bool, isCompressed: Bool, rules: SendState,
    key: MaskingKey?, plainCount: Int, _ state: inout CloseState, from source: Source
  ) throws(SendFailure) {
    guard payload.byteCount < ByteQueue.maximumCapacity - output.count - FrameHeader.maximumEncodedLength else {
      throw .outOfMemory
    }
    var frame = begin(
      opcode, isFinal: isFinal, isCompressed: isCompressed, rules: rules, key: key, count: payload.byteCount)
    output.reserve(frame.count + FrameHeader.maximumEncodedLength, from: source)
    append(payload, to: &frame)
    commit(frame, count: plainCount, &state)
  }

  /// Returns the output's memory if nothing waits.
  @inlinable @inline(__always) public mutating func releaseMemory<Source: BufferSource>(to source: Source) {
    output.release(to: source)
  }
}

/// Why a frame was not put into the output.
public enum SendFailure: Error, Sendable, Hashable {
  /// The frame may not be sent now, or at all.
  case refused(SendState.Refusal)
  /// There was no memory to compress the rest of a message that began compressed, or the output would hold more than a queue
  /// can (1 GiB).
  case outOfMemory
}
