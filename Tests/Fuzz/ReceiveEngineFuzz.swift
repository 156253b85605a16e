// The receiving half of a connection, in memory: any bytes, cut in every way, into inputs of every size, in both roles, with
// both ways of treating control frames, and with compression agreed on or not. The same frames, answers and end come out
// however they are taken; they are those of a model that knows no pieces; and all memory comes back.

import PerMessageDeflate
import WebSocketEngine
import WebSocketProtocol
import WestwindBuffers

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let stream = Stream(data, count)
  for role in [Role.client, .server] {
    for isCompressed in [false, true] { check(stream, Setting(role, isCompressed: isCompressed, seed: stream.seed)) }
  }
  return 0
}

private func check(_ stream: Stream, _ setting: Setting) {
  let pieces = stream.segmentations
  var runs: [(pieces: [Range<Int>], taking: Taking)] = [
    (pieces[0], .lending), (pieces[1], .lending), (pieces[2], .lending), (pieces[2], .copying(room: 7)),
    (pieces[0], .copying(room: 1 + Int(stream.seed))), (pieces[1], .peeking), (pieces[2], .directly),
  ]
  if setting.compression == nil { runs.append((pieces[2], .theLongWay)) }
  let traces = runs.map { Receiver.run(stream.bytes, cut: $0.pieces, setting, $0.taking) }
  requireSame(traces)
  if setting.compression == nil { requireSame([model(stream.bytes, setting), traces[0]]) }
  requireJoined(stream.bytes, pieces[2], setting, traces[0])
  requireWhole(stream.bytes, pieces[2], setting, traces[0])
}

private struct Setting {
  let role: Role
  /// PING and CLOSE are answered.
  let answers: Bool
  /// The input's capacity.
  let input: Int
  /// What is agreed on; nil for no compression.
  let compression: PerMessageDeflateParameters?

  init(_ role: Role, isCompressed: Bool, seed: UInt8) {
    self.role = role
    answers = seed & 4 == 0
    var random = SeededGenerator(seed: UInt64(seed))
    input =
      seed & 8 == 0
      ? ReceiveEngine.minimumInput : Int.random(in: ReceiveEngine.minimumInput...5000, using: &random)
    let isForgotten = seed & 32 != 0
    compression =
      isCompressed
      ? PerMessageDeflateParameters(serverNoContextTakeover: isForgotten, clientNoContextTakeover: isForgotten) : nil
  }

  /// What a message may have once it is decompressed.
  static let limit = 5000

  func engine(theLongWay: Bool = false) -> ReceiveEngine {
    // A PING that is never due keeps the engine from its short way.
    let keepAlive = theLongWay ? KeepAliveTimes(interval: .max, timeout: .max) : nil
    var engine =
      if let compression {
        ReceiveEngine(
          role: role, input: ByteQueue(capacity: input), compression: compression, messageLimit: Self.limit,
          frameSize: input, keepAlive: keepAlive)
      } else {
        ReceiveEngine(role: role, input: ByteQueue(capacity: input), keepAlive: keepAlive)
      }
    engine.answersControlFrames = answers
    return engine
  }
}

/// How payload is taken.
private enum Taking: Equatable {
  case lending
  case theLongWay
  case copying(room: Int)
  /// Each copy after one that leaves the payload where it is.
  case peeking
  /// Past the input, if the engine allows it.
  case directly
}

private struct Delivered: Equatable {
  var type: MessageType
  var isMasked: Bool
  var payload: [UInt8]
}

private enum Event: Equatable {
  case data(Delivered)
  case control(Opcode, Delivered)
  case answer(Opcode, [UInt8])
  case failed(EngineFailure)
}

private struct Trace: Equatable {
  var events: [Event] = []
  /// What there is of a frame at the stream's end.
  var open: Delivered?
  var closeCode: UInt16?
  var frames: UInt64 = 0
  var hasFailed = false
}

/// Memory of exactly the size that is asked for, all of which has to come back.
private final class Memory: BufferSource {
  private(set) var buffers = 0

  func take(_ capacity: Int) -> Buffer {
    buffers += 1
    return Buffer(capacity: capacity)
  }

  func give(_ buffer: consuming Buffer) { buffers -= 1 }
}

// MARK: The engine

private struct Receiver: ~Copyable {
  private var engine: ReceiveEngine
  private var state = CloseState()
  private var trace = Trace()
  private let taking: Taking
  private let memory = Memory()

  static func run(_ bytes: [UInt8], cut pieces: [Range<Int>], _ setting: Setting, _ taking: Taking) -> Trace {
    var receiver = Receiver(setting, taking)
    for piece in pieces where receiver.state.allowsReceiving { receiver.receive(bytes.span.extracting(piece).bytes) }
    return receiver.end()
  }

  private init(_ setting: Setting, _ taking: Taking) {
    engine = setting.engine(theLongWay: taking == .theLongWay)
    self.taking = taking
  }

  private mutating func receive(_ piece: RawSpan) {
    var rest = piece
    while !rest.isEmpty, state.allowsReceiving {
      if taking == .directly, engine.directPayload > 0 {
        let type = engine.message.type
        let bytes = rest.extracting(first: Int(min(engine.directPayload, UInt64(rest.byteCount))))
        do throws(EngineFailure) {
          try engine.noteDirect(bytes)
          note(bytes, type: type)
        } catch {}
        rest = rest.dropping(first: bytes.byteCount)
        drain()
        continue
      }
      rest = engine.fill(from: rest, memory)
      drain()
    }
    if engine.input.isEmpty { engine.releaseMemory(to: memory) }
  }

  /// Payload has been delivered.
  private mutating func note(_ bytes: RawSpan, type: MessageType) {
    if trace.open == nil { trace.open = Delivered(type: type, isMasked: engine.isMasked, payload: []) }
    require(trace.open!.type == type, "\(type) in the middle of \(trace.open!)")
    trace.open!.payload += bytes.array
    guard engine.message.remaining == 0 else { return }
    trace.events.append(.data(trace.open!))
    trace.open = nil
  }

  /// Takes all there is.
  private mutating func drain() {
    while true {
      switch engine.next(&state) {
      case .needsInput, .ended: return
      case .needsMemory: engine.giveMemory(from: memory)
      case .answer(let opcode):
        trace.events.append(.answer(opcode, engine.withAnswer { $0.array }))
        engine.finishAnswer()
      case .control(let opcode):
        let (count, message) = (engine.available, engine.message)
        require(UInt64(count) == message.remaining && count <= 125, "\(count) bytes of \(message)")
        let frame = Delivered(
          type: message.type, isMasked: engine.isMasked, payload: engine.withPayload(count) { $0.array })
        trace.events.append(.control(opcode, frame))
        trace.closeCode = engine.closeCode?.rawValue
        let isClose = engine.finishControl(&state)
        require(isClose == (opcode == .close), "\(opcode) ends the stream or does not")
      case .failed(let failure):
        trace.events.append(.failed(failure))
        trace.hasFailed = true
        require(failure.closeCode?.mayBeSent ?? true, "\(failure) closes with \(failure.closeCode!)")
        engine.end(&state)
      case .data:
        let message = engine.message
        if engine.available == 0, message.remaining > 0 { return }
        // What it throws `next` says.
        do throws(EngineFailure) { try take(message) } catch {}
      }
    }
  }

  private mutating func take(_ message: ReceivedMessage) throws(EngineFailure) {
    guard message.remaining > 0 else {
      let type = message.type
      try engine.skipFrame()
      return note(RawSpan(), type: type)
    }
    var bytes: [UInt8] = []
    switch taking {
    case .lending, .theLongWay, .directly:
      let count = engine.available
      try engine.prepare(count)
      bytes = engine.withPayload(count) { $0.array }
      engine.takePayload(count)
    case .copying(let room): bytes = try copy(room)
    case .peeking:
      let peeked = try copy(engine.available, isPeek: true)
      bytes = try copy(max(1, engine.available / 2))
      require(peeked.starts(with: bytes), "\(bytes) after a peek at \(peeked)")
    }
    require(
      engine.message.remaining == message.remaining - UInt64(bytes.count) || engine.message.remaining == 0,
      "\(engine.message) behind \(bytes.count) bytes of \(message)")
    note(bytes.span.bytes, type: message.type)
  }

  private mutating func copy(_ room: Int, isPeek: Bool = false) throws(EngineFailure) -> [UInt8] {
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: room, alignment: 1)
    defer { memory.deallocate() }
    var output = OutputRawSpan(buffer: memory, initializedCount: 0)
    let count = try engine.copyPayload(to: &output, isPeek: isPeek)
    require(output.finalize(for: memory) == count && count <= room, "\(count) bytes into \(room)")
    return Array(memory[..<count])
  }

  private consuming func end() -> Trace {
    engine.endInput()
    drain()
    trace.frames = engine.framesReceived
    engine.end(&state)
    require(engine.next(&state) == .ended, "it goes on behind the end")
    engine.releaseMemory(to: memory)
    require(memory.buffers == 0, "\(memory.buffers) buffers have not come back")
    // How much of a frame came out before a fault in it depends on the pieces.
    if trace.hasFailed { trace.open = nil }
    return trace
  }
}

extension ReceiveEngine {
  /// Takes in bytes, as many as there is room for.
  ///
  /// - Returns: the rest.
  @_lifetime(copy bytes)
  fileprivate mutating func fill(from bytes: RawSpan, _ memory: Memory) -> RawSpan {
    makeRoom(from: memory)
    let count = min(input.freeAtEnd, bytes.byteCount)
    require(count > 0, "there is no room, and nothing to be done: \(self.input.count) bytes wait")
    input.append(bytes.extracting(first: count))
    return bytes.dropping(first: count)
  }
}

extension RawSpan {
  fileprivate var array: [UInt8] { (0..<byteCount).map { unsafeLoad(fromByteOffset: $0, as: UInt8.self) } }
}

// MARK: Joined messages

/// The messages that `join` makes of the frames are those that the frames are, or it ends since one is too big.
private func requireJoined(_ bytes: [UInt8], _ pieces: [Range<Int>], _ setting: Setting, _ trace: Trace) {
  let limit = 300
  var expected: [JoinedMessage] = []
  var open: JoinedMessage?
  for case .data(let frame) in trace.events {
    if open == nil { open = JoinedMessage(type: frame.type.contains(.text) ? .text : .binary) }
    open!.payload += frame.payload
    if frame.type.contains(.final) {
      expected.append(open!)
      open = nil
    }
  }
  var engine = setting.engine()
  var state = CloseState()
  let memory = Memory()
  var messages: [JoinedMessage] = []
  var joined: JoinedMessage?
  var isTooBig = false
  func drain() {
    while true {
      switch engine.next(&state) {
      case .needsInput, .ended: return
      case .needsMemory: engine.giveMemory(from: memory)
      case .answer: engine.finishAnswer()
      case .control: _ = engine.finishControl(&state)
      case .failed(let failure):
        isTooBig = failure == .messageTooBig(limit: limit)
        engine.end(&state)
      case .data:
        if engine.available == 0, engine.message.remaining > 0 { return }
        do throws(EngineFailure) {
          let isEmpty = engine.message.remaining == 0
          let isWhole = try engine.join(&joined, limit: limit)
          if isEmpty { try engine.skipFrame() }
          require(joined!.payload.count <= limit, "a message of \(joined!.payload.count) bytes")
          if isWhole {
            messages.append(joined!)
            joined = nil
          }
        } catch {}
      }
    }
  }
  for piece in pieces {
    var rest = bytes.span.extracting(piece).bytes
    while !rest.isEmpty, state.allowsReceiving {
      rest = engine.fill(from: rest, memory)
      drain()
    }
  }
  if isTooBig {
    require(expected.starts(with: messages), "\(messages) is not the beginning of \(expected)")
  } else {
    require(messages == expected, "\(messages) is not \(expected)")
  }
}

// MARK: The whole engine

private struct Keys: MaskingKeySource {
  var number: UInt32 = 0x0102_0304
  mutating func next() -> MaskingKey {
    number = number &* 1_664_525 &+ 1_013_904_223
    return MaskingKey(littleEndian: number)
  }
}

/// A connection that answers delivers the same, and what it sends is what is to be answered.
private func requireWhole(_ bytes: [UInt8], _ pieces: [Range<Int>], _ setting: Setting, _ trace: Trace) {
  var engine = WebSocketEngine(
    role: setting.role, receiving: setting.engine(), sending: SendEngine(output: ByteQueue(capacity: 64)))
  let memory = Memory()
  var keys = Keys()
  var sent: [UInt8] = []
  var events: [Event] = []
  var payload: [UInt8] = []
  func flush() {
    let count = engine.sending.output.count
    sent += engine.sending.output.withFirst(count) { $0.array }
    engine.sent(count, to: memory)
  }
  func drain() {
    while true {
      switch engine.next(keys: &keys, from: memory) {
      case .needsInput, .ended: return
      case .needsOutput:
        require(engine.sending.output.count > WebSocketEngine.answerLimit, "there is room for answers")
        flush()
      case .control(let opcode):
        let frame = Delivered(
          type: engine.receiving.message.type, isMasked: engine.receiving.isMasked,
          payload: engine.receiving.withPayload(engine.receiving.available) { $0.array })
        events.append(.control(opcode, frame))
        engine.finishControl(keys: &keys, from: memory)
      case .failed(let failure): events.append(.failed(failure))
      case .data:
        let message = engine.receiving.message
        let count = engine.receiving.available
        if count == 0, message.remaining > 0 { return }
        do throws(EngineFailure) {
          let isMasked = engine.receiving.isMasked
          try engine.receiving.prepare(count)
          payload += engine.receiving.withPayload(count) { $0.array }
          if count == 0 { try engine.receiving.skipFrame() } else { engine.receiving.takePayload(count) }
          if UInt64(count) == message.remaining {
            events.append(.data(Delivered(type: message.type, isMasked: isMasked, payload: payload)))
            payload = []
          }
        } catch {}
      }
    }
  }
  for piece in pieces {
    var rest = bytes.span.extracting(piece).bytes
    while !rest.isEmpty, engine.state.allowsReceiving {
      rest = engine.receiving.fill(from: rest, memory)
      drain()
    }
    // Answers gather over some pieces.
    if piece.lowerBound % 3 == 0 { flush() }
  }
  engine.receiving.endInput()
  drain()
  flush()
  let delivered = trace.events.filter { if case .answer = $0 { false } else { true } }
  require(events == delivered, "the whole engine delivers \(events), not \(delivered)")
  require(
    frames(in: sent, masked: setting.role == .client) == answers(to: trace, setting), "\(sent) is sent for \(trace)")
  engine.close(to: memory)
  require(memory.buffers == 0, "\(memory.buffers) buffers have not come back")
}

/// The control frames that a trace makes a connection send.
private func answers(to trace: Trace, _ setting: Setting) -> [[UInt8]] {
  trace.events.compactMap { event in
    switch event {
    case .data: nil
    case .answer(let opcode, let payload): [0x80 | opcode.rawValue] + payload
    case .control(let opcode, let frame): opcode == .close && setting.answers ? [0x88] + frame.payload.prefix(2) : nil
    case .failed(let failure): failure.closeCode.map { [0x88, UInt8($0.rawValue >> 8), UInt8($0.rawValue & 255)] }
    }
  }
}

/// Each frame's first byte and its payload.
private func frames(in bytes: [UInt8], masked: Bool) -> [[UInt8]] {
  var frames: [[UInt8]] = []
  var start = 0
  while case .header(let header, let end) = readHeader(bytes, from: start) {
    require((header.key != nil) == masked, "mask of \(header)")
    start = end + Int(header.length)
    require(start <= bytes.count, "half a frame is sent: \(header)")
    frames.append([header.first] + header.unmasked(bytes[end..<start]))
  }
  require(start == bytes.count, "half a header is sent")
  return frames
}

// MARK: The model

/// What is to come out of a stream that is there as a whole, without compression.
private func model(_ bytes: [UInt8], _ setting: Setting) -> Trace {
  var trace = Trace()
  var openOpcode: UInt8?
  var text: [UInt8] = []
  var start = 0
  func fail(_ violation: ProtocolViolation) -> Trace {
    trace.events.append(.failed(.violation(violation)))
    trace.hasFailed = true
    trace.open = nil
    return trace
  }
  while true {
    let header: Drawn
    let payloadStart: Int
    switch readHeader(bytes, from: start) {
    case .notWhole: return trace
    case .lengthNotMinimal: return fail(.lengthNotMinimal)
    case .lengthTopBitSet: return fail(.lengthTopBitSet)
    case .header(let read, let end): (header, payloadStart) = (read, end)
    }
    let opcode = header.opcode
    if header.reservedBits != 0 { return fail(.reservedBits(header.reservedBits)) }
    if ![0, 1, 2, 8, 9, 10].contains(opcode) { return fail(.reservedOpcode(opcode)) }
    if setting.role == .client, header.key != nil { return fail(.maskedByServer) }
    if setting.role == .server, header.key == nil { return fail(.unmaskedByClient) }
    if opcode >= 8, !header.isFinal { return fail(.fragmentedControlFrame) }
    if opcode >= 8, header.length > 125 { return fail(.oversizeControlFrame(header.length)) }
    if opcode == 0, openOpcode == nil { return fail(.continuationWithoutMessage) }
    if opcode == 1 || opcode == 2, openOpcode != nil { return fail(.messageInsideMessage) }
    trace.frames += 1

    let count = Int(min(header.length, UInt64(bytes.count - payloadStart)))
    let isWhole = UInt64(count) == header.length
    let payload = header.unmasked(bytes[payloadStart..<(payloadStart + count)])
    start = payloadStart + count
    let isMasked = header.key != nil
    if opcode < 8 {
      let kind = opcode == 0 ? openOpcode! : opcode
      var type: MessageType = kind == 1 ? .text : .binary
      if header.isFinal { type.insert(.final) }
      if opcode == 0 { type.insert(.continuation) } else { text = [] }
      openOpcode = header.isFinal ? nil : kind
      text += payload
      if kind == 1, !isText(text, whole: header.isFinal && isWhole) { return fail(.textNotUTF8) }
      let frame = Delivered(type: type, isMasked: isMasked, payload: payload)
      if isWhole { trace.events.append(.data(frame)) } else if count > 0 { trace.open = frame }
      if !isWhole { return trace }
      continue
    }
    guard isWhole else { return trace }
    switch opcode {
    case 9 where setting.answers: trace.events.append(.answer(.pong, payload))
    case 10 where setting.answers: break
    case 8:
      if setting.answers, !isCloseBody(payload) {
        if payload.count == 1 { return fail(.closeBodyOfOneByte) }
        let code = UInt16(payload[0]) << 8 | UInt16(payload[1])
        return fail(isCloseBody(Array(payload[..<2])) ? .closeReasonNotUTF8 : .closeCodeNotAllowed(code))
      }
      trace.closeCode = payload.count >= 2 ? UInt16(payload[0]) << 8 | UInt16(payload[1]) : nil
      trace.events.append(.control(.close, Delivered(type: [.close, .final], isMasked: isMasked, payload: payload)))
      return trace
    default:
      let frame = Delivered(type: [opcode == 9 ? .ping : .pong, .final], isMasked: isMasked, payload: payload)
      trace.events.append(.control(Opcode(rawValue: opcode), frame))
    }
  }
}
