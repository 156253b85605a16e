import PerMessageDeflate
import WebSocketEngine
import WebSocketProtocol
import WestwindBuffers
import WestwindTestSupport

/// Why a call of a session delivers nothing.
enum CallError: Error, Hashable {
  /// Nothing is there yet.
  case wouldBlock
  /// Nothing more comes.
  case ended
  /// The connection has failed.
  case failed(EngineFailure)
  /// The frame may not be sent.
  case refused(SendState.Refusal)

  static func violation(_ violation: ProtocolViolation) -> CallError { .failed(.violation(violation)) }
  static func messageTooBig(limit: Int) -> CallError { .failed(.messageTooBig(limit: limit)) }
  static let keepAliveExpired = CallError.failed(.keepAliveExpired)
}

/// Why the peer closed.
struct CloseStatus: Hashable {
  var code: CloseCode
  var reason = ""
}

/// A whole message, or a control frame.
struct Message: Hashable {
  var type: MessageType
  var payload: [UInt8]

  var isBinary: Bool { type.contains(.binary) }
  var isClose: Bool { type.contains(.close) }
  /// Nil if it is no text.
  var text: String? { type.contains(.text) ? payload.text : nil }
}

/// What a session is opened with.
struct SessionOptions {
  /// Capacities in bytes.
  var input = 65536 + 14
  var output = 65536 + 14
  var answersControlFrames = true
  var maxMessageSize = 1 << 24
  var keepAlive: KeepAliveTimes?
  /// What was agreed on, and this end's own wishes; nil for no compression.
  var compression: PerMessageDeflateParameters?
  var deflate = PerMessageDeflateOptions()
  var inflatedFrame = 65536
  /// Memory for the input, in place of the source's.
  var lent: UnsafeMutableRawBufferPointer?

  func makeEngine(_ role: Role, now: Int64 = 0) -> WebSocketEngine {
    let input = lent.map { ByteQueue(lent: $0) } ?? ByteQueue(capacity: input)
    let output = ByteQueue(capacity: output)
    var engine: WebSocketEngine
    if let compression {
      engine = WebSocketEngine(
        role: role,
        receiving: ReceiveEngine(
          role: role, input: input, compression: compression, messageLimit: maxMessageSize, frameSize: inflatedFrame,
          keepAlive: keepAlive, now: now),
        sending: SendEngine(
          role: role, output: output, compression: compression, options: deflate, frameSize: self.output))
    } else {
      engine = WebSocketEngine(
        role: role, receiving: ReceiveEngine(role: role, input: input, keepAlive: keepAlive, now: now),
        sending: SendEngine(output: output))
    }
    engine.receiving.answersControlFrames = answersControlFrames
    return engine
  }
}

/// Options with some fields changed.
func options(_ change: (inout SessionOptions) -> Void) -> SessionOptions {
  var options = SessionOptions()
  change(&options)
  return options
}

/// An engine under test, and the bytes at its other end: an owner that moves bytes, and has the calls of a WebSocket.
///
/// Nothing waits. A call does with what the peer has written so far, and throws `wouldBlock` behind it.
final class Session {
  var engine: WebSocketEngine
  let role: Role
  let options: SessionOptions
  let peer = Peer()
  let memory = CountingSource()
  var keys = SeededKeys()
  /// Nanoseconds of the clock.
  var now: Int64
  /// How many of the peer's bytes arrive at once.
  var segment = Int.max
  /// What the peer's CLOSE, or its absence, said.
  private(set) var closeStatus: CloseStatus?
  private var joined: JoinedMessage?
  /// A failure that came behind payload, for the next call.
  var owed: CallError?

  init(_ role: Role, _ options: SessionOptions = SessionOptions(), now: Int64 = 0) {
    self.role = role
    self.options = options
    self.now = now
    engine = options.makeEngine(role, now: now)
  }

  // MARK: The peer's side

  /// Writes frames as the other role has to: a client masks.
  func write(_ frames: Frame...) {
    peer.write(bytes(frames))
  }

  func bytes(_ frames: [Frame]) -> [UInt8] { frames.bytes(by: role.other) }

  func bytes(_ frames: Frame...) -> [UInt8] { bytes(frames) }

  // MARK: Bytes

  /// Has bytes of the peer arrive.
  ///
  /// - Returns: false if there are none. The end of the stream is told the engine.
  func fill() -> Bool {
    guard !peer.written.isEmpty else {
      guard peer.isClosed, !hasEnded else { return false }
      hasEnded = true
      engine.receiving.endInput()
      return true
    }
    engine.receiving.makeRoom(from: memory)
    let count = engine.receiving.input.withFree(atMost: segment) { room in room.appendSome(of: peer.written) }
    precondition(count > 0, "the engine wants input, and has no room for it")
    peer.written.removeFirst(count)
    engine.receiving.noteLife(at: now)
    return true
  }

  private var hasEnded = false

  /// Has the output leave.
  func flush() {
    let output = engine.sending.output.withFirst(engine.sending.output.count) { $0.array }
    peer.received += output
    engine.sent(output.count, to: memory)
    engine.receiving.releaseMemory(to: memory)
  }

  // MARK: Steps

  /// Does what the engine says until there is something to deliver.
  ///
  /// - Returns: the opcode of a control frame; nil for data.
  func awaitNext() throws(CallError) -> Opcode? {
    defer { flush() }
    var isSilent = false
    while true {
      switch engine.next(at: now, keys: &keys, from: memory) {
      case .data: return nil
      case .control(let opcode):
        if opcode == .close, closeStatus == nil {
          let body = engine.receiving.withPayload(engine.receiving.available) { $0.array }
          closeStatus = CloseStatus(
            code: engine.receiving.closeCode ?? .noStatus, reason: Array(body.dropFirst(2)).text)
        }
        return opcode
      case .failed(let failure):
        noteEnd()
        throw .failed(failure)
      case .ended:
        noteEnd()
        throw .ended
      case .needsOutput:
        flush()
        continue
      case .needsInput: break
      }
      if fill() { continue }
      guard !isSilent else { throw .wouldBlock }
      isSilent = true
      engine.receiving.noteSilence(at: now)
    }
  }

  /// The same, and has payload of a data frame arrive.
  private func awaitPayload() throws(CallError) -> Opcode? {
    var isSilent = false
    while true {
      let control = try awaitNext()
      let needsPayload = control == nil && engine.receiving.available == 0 && engine.receiving.message.remaining > 0
      let isDirect = engine.receiving.directPayload > 0 && !peer.written.isEmpty
      if !needsPayload || isDirect || fill() {
        if needsPayload, !isDirect { continue }
        return control
      }
      guard !isSilent else { throw .wouldBlock }
      isSilent = true
      engine.receiving.noteSilence(at: now)
    }
  }

  private func noteEnd() {
    if closeStatus == nil { closeStatus = CloseStatus(code: .abnormal) }
  }

  /// A call of the engine's that fails the connection: says so as `next` does.
  func noting<R>(_ body: () throws(EngineFailure) -> R) throws(CallError) -> R {
    do throws(EngineFailure) {
      return try body()
    } catch {
      _ = try awaitNext()
      preconditionFailure("a failure that next does not tell")
    }
  }

  func finishControl() {
    engine.finishControl(keys: &keys, from: memory)
    flush()
  }

  // MARK: Receiving

  func peekMsg() throws(CallError) -> ReceivedMessage {
    _ = try awaitNext()
    return engine.receiving.message
  }

  /// Delivers bytes of one frame, as many as there are and the room takes.
  func recvMsg(maxCount: Int) throws(CallError) -> (message: ReceivedMessage, payload: [UInt8]) {
    precondition(maxCount > 0)
    let control = try awaitPayload()
    defer { flush() }
    var message = engine.receiving.message
    var payload: [UInt8] = []
    if control != nil {
      payload = try copy(maxCount)
      if engine.receiving.message.remaining == 0 { finishControl() }
    } else {
      while message.remaining > UInt64(payload.count), payload.count < maxCount {
        let room = maxCount - payload.count
        if engine.receiving.available == 0 {
          if UInt64(room) >= UInt64(engine.receiving.input.capacity / 2),
            engine.receiving.directPayload >= UInt64(engine.receiving.input.capacity / 2), !peer.written.isEmpty
          {
            payload += try takeDirectly(room)
            continue
          }
          guard fill(), !hasEnded else { break }
        }
        payload += try copy(room)
      }
      if message.remaining == 0 { try noting { () throws(EngineFailure) in try engine.receiving.skipFrame() } }
    }
    message.count = payload.count
    message.remaining -= UInt64(payload.count)
    return (message, payload)
  }

  func copy(_ maxCount: Int) throws(CallError) -> [UInt8] {
    let room = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, maxCount), alignment: 1)
    defer { room.deallocate() }
    var output = OutputRawSpan(buffer: UnsafeMutableRawBufferPointer(rebasing: room[..<maxCount]), initializedCount: 0)
    let count = try noting { () throws(EngineFailure) in try engine.receiving.copyPayload(to: &output) }
    precondition(count == output.byteCount)
    return output.bytes.array
  }

  /// Takes payload past the input.
  private func takeDirectly(_ room: Int) throws(CallError) -> [UInt8] {
    let count = min(room, Int(min(engine.receiving.directPayload, 1 << 40)), segment, peer.written.count)
    let bytes = Array(peer.written.prefix(count))
    peer.written.removeFirst(count)
    engine.receiving.noteLife(at: now)
    try noting { () throws(EngineFailure) in try engine.receiving.noteDirect(bytes.span.bytes) }
    return bytes
  }

  /// Lends the next frame, as much of it as is there and the input holds.
  @discardableResult
  func withReceivedFrame<R>(_ body: (ReceivedMessage, RawSpan) -> R) throws(CallError) -> R {
    let control = try awaitPayload()
    defer { flush() }
    if control == nil, engine.receiving.isStreaming {
      let wanted = min(engine.receiving.message.remaining, UInt64(engine.receiving.input.capacity))
      while engine.receiving.available < Int(wanted), fill(), !hasEnded {}
    }
    var message = engine.receiving.message
    let count = engine.receiving.available
    try noting { () throws(EngineFailure) in try engine.receiving.prepare(count) }
    message.count = count
    message.remaining -= UInt64(count)
    let result = engine.receiving.withPayload(count) { body(message, $0) }
    if control == nil { engine.receiving.takePayload(count) } else { finishControl() }
    // An empty frame is told once.
    if message.count == 0, control == nil {
      try noting { () throws(EngineFailure) in try engine.receiving.skipFrame() }
    }
    return result
  }

  /// Delivers a whole message, or a control frame.
  func receiveMessage(maxSize: Int? = nil) throws(CallError) -> Message {
    let limit = maxSize ?? options.maxMessageSize
    while true {
      if try awaitNext() != nil {
        let type = engine.receiving.message.type
        let payload = engine.receiving.withPayload(engine.receiving.available) { $0.array }
        finishControl()
        return Message(type: type, payload: payload)
      }
      defer { flush() }
      let remaining = engine.receiving.message.remaining
      let isFinal = engine.receiving.message.isFinal
      var endsMessage: Bool
      if engine.receiving.available == 0, remaining > 0 {
        try noting { () throws(EngineFailure) in try engine.receiving.begin(&joined, limit: limit) }
        guard engine.receiving.directPayload >= UInt64(engine.receiving.input.capacity / 2) else {
          guard fill() else { throw .wouldBlock }
          continue
        }
        let bytes = try takeDirectly(.max)
        joined!.payload += bytes
        endsMessage = isFinal && UInt64(bytes.count) == remaining
      } else {
        endsMessage = try noting { () throws(EngineFailure) in try engine.receiving.join(&joined, limit: limit) }
      }
      guard endsMessage else { continue }
      let message = joined!
      joined = nil
      return Message(type: message.type.union(.final), payload: message.payload)
    }
  }

  // MARK: Sending

  @discardableResult
  func sendMsg(_ payload: [UInt8], opcode: Opcode = .binary, final: Bool = true) throws(CallError) -> Int {
    defer { flush() }
    do throws(SendFailure) {
      try engine.send(opcode, Payload(payload.span.bytes), isFinal: final, keys: &keys, from: memory)
      return payload.count
    } catch {
      guard case .refused(let refusal) = error else { preconditionFailure("\(error)") }
      throw .refused(refusal)
    }
  }

  @discardableResult
  func sendMsg(_ text: String, final: Bool = true) throws(CallError) -> Int {
    try sendMsg(text.bytes, opcode: .text, final: final)
  }
}
