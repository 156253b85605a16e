// The sending half of a connection, in memory: frames in steps and whole ones, into outputs of every size, with some of them
// taken back, and bytes that leave when they like. The bytes that have left are the frames that were committed, read by
// nothing of the library's; what is refused is what RFC 6455 forbids; and all memory comes back.

import PerMessageDeflate
import WebSocketEngine
import WebSocketProtocol
import WestwindBuffers

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  var session = Session(Choices(bytes: UnsafeBufferPointer(start: data, count: count)[...]))
  session.run()
  return 0
}

/// The input as choices; zeros behind its end.
private struct Choices {
  var bytes: Slice<UnsafeBufferPointer<UInt8>>

  mutating func byte() -> Int { Int(bytes.popFirst() ?? 0) }

  /// A number of bytes: few, around the borders of the header's forms, or many.
  mutating func size() -> Int {
    let first = byte()
    switch first {
    case 0..<200: return first & 63
    case 200..<240: return 120 + first & 15
    case 240..<250: return 65530 + first & 15
    default: return first * byte()
    }
  }

  mutating func payload(of opcode: Opcode = .binary) -> [UInt8] {
    let (count, seed) = (size(), byte())
    if opcode == .close, count >= 2, seed & 1 == 0 { return [3, 232] + [UInt8](repeating: 97, count: count - 2) }
    // Letters, or any bytes.
    return (0..<count).map { i in
      seed < 160 ? UInt8(97 + (seed + i) % 26) : UInt8(truncatingIfNeeded: (seed + i) &* 37)
    }
  }
}

private struct Sent: Equatable {
  var first: UInt8
  var payload: [UInt8]
}

private final class Memory: BufferSource {
  private(set) var buffers = 0

  func take(_ capacity: Int) -> Buffer {
    buffers += 1
    return Buffer(capacity: capacity)
  }

  func give(_ buffer: consuming Buffer) { buffers -= 1 }
}

private struct Session: ~Copyable {
  private var choices: Choices
  private var engine: SendEngine
  private var state = CloseState()
  private let memory = Memory()
  private let isClient: Bool
  private let compression: PerMessageDeflateParameters?
  private var key: UInt32 = 0x0403_0201
  /// What has left.
  private var wire: [UInt8] = []
  private var committed: [Sent] = []
  // The model of the rules.
  private var openOpcode: Opcode?
  private var text: [UInt8] = []
  private var hasSentClose = false

  init(_ given: consuming Choices) {
    var choices = given
    let first = choices.byte()
    let output = ByteQueue(capacity: 16 + choices.byte() * (first & 8 == 0 ? 1 : 300))
    isClient = first & 1 != 0
    if first & 2 != 0 {
      let parameters = PerMessageDeflateParameters(
        serverNoContextTakeover: first & 4 != 0, clientNoContextTakeover: first & 4 != 0)
      compression = parameters
      var options = PerMessageDeflateOptions()
      options.minimumSize = 10
      engine = SendEngine(
        role: isClient ? .client : .server, output: output, compression: parameters, options: options, frameSize: 100)
    } else {
      compression = nil
      engine = SendEngine(output: output)
    }
    self.choices = choices
  }

  mutating func run() {
    var steps = 0
    while !choices.bytes.isEmpty, steps < 200 {
      steps += 1
      switch choices.byte() & 7 {
      case 0...2: send()
      case 3...5: sendInSteps()
      case 6: sendControl()
      default: leave(choices.byte())
      }
    }
    leave(.max)
    engine.releaseMemory(to: memory)
    require(memory.buffers == 0, "\(memory.buffers) buffers have not come back")
    require(engine.framesSent == UInt64(committed.count), "\(engine.framesSent) frames for \(committed.count)")
    require(
      engine.bytesSent == committed.reduce(0) { $0 + UInt64($1.payload.count) }, "\(engine.bytesSent) bytes are counted"
    )
    require(state.contains(.closeSent) == hasSentClose, "\(state) behind \(committed)")
    if let compression {
      requireReceived(compression)
    } else {
      requireOnWire()
    }
  }

  private mutating func leave(_ count: Int) {
    let count = min(count, engine.output.count)
    wire += engine.output.withFirst(count) { $0.array }
    engine.sent(count)
  }

  private mutating func nextKey() -> MaskingKey? {
    guard isClient else { return nil }
    key = key &* 1_664_525 &+ 1_013_904_223
    return MaskingKey(littleEndian: key)
  }

  /// Any opcode, more often one that may be sent.
  private mutating func opcode() -> (opcode: Opcode, isFinal: Bool) {
    let byte = choices.byte()
    let usual: [UInt8] = [0, 1, 2, 2, 2, 1, 9, 10]
    let opcode: Opcode
    switch byte >> 5 {
    case 0: opcode = Opcode(rawValue: UInt8(byte & 15))
    case 1...2: opcode = openOpcode == nil ? .binary : .continuation
    default: opcode = Opcode(rawValue: usual[byte & 7])
    }
    return (opcode, byte & 16 == 0)
  }

  // MARK: The rules

  /// Whether RFC 6455 allows a frame now (5.1, 5.4, 5.5, 8.1).
  private func allows(_ opcode: Opcode, _ isFinal: Bool, _ payload: [UInt8]) -> Bool {
    if hasSentClose { return false }
    switch opcode.rawValue {
    case 0:
      guard let openOpcode else { return false }
      return openOpcode == .binary || isText(text + payload, whole: isFinal)
    case 1: return openOpcode == nil && isText(payload, whole: isFinal)
    case 2: return openOpcode == nil
    case 8: return isFinal && payload.count <= 125 && isCloseBody(payload)
    case 9, 10: return isFinal && payload.count <= 125
    default: return false
    }
  }

  private mutating func note(_ opcode: Opcode, _ isFinal: Bool, _ payload: [UInt8]) {
    committed.append(Sent(first: (isFinal ? 0x80 : 0) | opcode.rawValue, payload: payload))
    if opcode == .close { hasSentClose = true }
    guard opcode.rawValue < 8 else { return }
    let kind = opcode == .continuation ? openOpcode! : opcode
    text = kind == .binary || isFinal ? [] : text + payload
    openOpcode = isFinal ? nil : kind
  }

  // MARK: Frames

  private mutating func send() {
    let (opcode, isFinal) = opcode()
    let payload = choices.payload(of: opcode)
    let cuts = [choices.byte(), choices.byte()]
    do throws(SendFailure) {
      try engine.send(
        opcode, runs(of: payload.span.bytes, cuts), isFinal: isFinal, key: nextKey(), &state, from: memory)
      require(
        allows(opcode, isFinal, payload), "\(opcode) is sent, \(payload.count) bytes, in \(openOpcode, default: "-")")
      note(opcode, isFinal, payload)
    } catch {
      require(!allows(opcode, isFinal, payload), "\(opcode) is refused: \(error)")
    }
  }

  private mutating func sendInSteps() {
    let (opcode, isFinal) = opcode()
    let payload = choices.payload(of: opcode)
    let cuts = [choices.byte(), choices.byte()]
    let rules: SendState
    do throws(SendState.Refusal) {
      rules = try engine.check(opcode, isFinal: isFinal, runs(of: payload.span.bytes, cuts), state)
      require(allows(opcode, isFinal, payload), "\(opcode) is allowed, \(payload.count) bytes")
    } catch {
      return require(!allows(opcode, isFinal, payload), "\(opcode) is refused: \(error)")
    }
    // A message that began compressed goes on so, which `send` sees to.
    if compression != nil, opcode.rawValue < 8, openOpcode != nil || !isFinal { return }
    engine.output.acquire(from: memory)
    let before = wire.count + engine.output.count
    var frame = engine.begin(opcode, isFinal: isFinal, rules: rules, key: nextKey(), count: payload.count)
    while !frame.isWhole {
      let choice = choices.byte()
      if choice & 3 == 3, takeBack(frame, choice, before) { return }
      engine.append(runs(of: payload.span.bytes, cuts), to: &frame)
      if choice & 4 != 0, !frame.isMasked, frame.taken > 0 {
        // Straight from the caller's memory, behind the output.
        let direct = min(choice * 8, payload.count - frame.taken)
        let end = frame.taken + direct
        let count = engine.output.count + direct
        wire += engine.output.withFirst(.max) { $0.array } + payload[frame.taken..<end]
        engine.sentDirectly(count, of: &frame)
      } else {
        // Nothing may leave as long as there is room.
        let least = engine.output.freeAtEnd < FrameHeader.maximumEncodedLength ? 1 + engine.output.count / 2 : 0
        let count = min(engine.output.count, max(least, choice * choice / 8))
        wire += engine.output.withFirst(count) { $0.array }
        engine.sent(count, of: &frame)
        engine.output.compact()
      }
    }
    if takeBack(frame, choices.byte(), before) { return }
    engine.commit(frame, count: payload.count, &state)
    note(opcode, isFinal, payload)
  }

  /// - Returns: whether the frame has been taken back: by choice, and if none of it has left.
  private mutating func takeBack(_ frame: SendEngine.FrameInProgress, _ choice: Int, _ before: Int) -> Bool {
    guard choice & 8 != 0, !frame.hasLeft else { return false }
    engine.rollback(frame)
    require(wire.count + engine.output.count == before, "something of a frame that was taken back waits")
    return true
  }

  /// One of the connection's own.
  private mutating func sendControl() {
    guard !hasSentClose else { return }
    engine.output.acquire(from: memory)
    guard engine.hasRoomForControl() else {
      return require(
        engine.output.capacity - engine.output.count < SendEngine.controlFrameRoom, "there is room for a control frame")
    }
    let payload = Array(choices.payload().prefix(125))
    engine.appendControl(.ping, payload.span.bytes, key: nextKey(), &state)
    note(.ping, true, payload)
  }

  // MARK: The peer

  private func requireOnWire() {
    var frames: [Sent] = []
    var start = 0
    while case .header(let header, let end) = readHeader(wire, from: start) {
      require((header.key != nil) == isClient, "mask of \(header)")
      start = end + Int(header.length)
      require(start <= wire.count, "half a frame has left: \(header)")
      frames.append(Sent(first: header.first, payload: header.unmasked(wire[end..<start])))
    }
    require(start == wire.count, "half a header has left")
    require(frames == committed, "\(frames.map(\.first)) has left, not \(committed.map(\.first))")
  }

  /// Compressed, the bytes are anybody's: the receiving half makes of them what was sent.
  private func requireReceived(_ compression: PerMessageDeflateParameters) {
    var receiver = ReceiveEngine(
      role: isClient ? .server : .client, input: ByteQueue(capacity: max(64, wire.count)), compression: compression,
      messageLimit: 1 << 24, frameSize: 4096)
    receiver.answersControlFrames = false
    receiver.makeRoom(from: memory)
    receiver.input.append(wire.span.bytes)
    var state = CloseState()
    var frames: [Sent] = []
    var isInMessage = false
    loop: while true {
      switch receiver.next(&state) {
      case .needsInput, .ended: break loop
      case .needsMemory: receiver.giveMemory(from: memory)
      case .answer(let opcode): fatalError("\(opcode) is to be sent")
      case .failed(let failure): fatalError("the peer refuses what was sent: \(failure)")
      case .control(let opcode):
        frames.append(
          Sent(first: 0x80 | opcode.rawValue, payload: receiver.withPayload(receiver.available) { $0.array }))
        _ = receiver.finishControl(&state)
      case .data:
        let message = receiver.message
        require(UInt64(receiver.available) == message.remaining, "half a frame has left: \(message)")
        do throws(EngineFailure) { try receiver.prepare(receiver.available) } catch { fatalError("\(error)") }
        let payload = receiver.withPayload(receiver.available) { $0.array }
        let opcode: UInt8 = isInMessage ? 0 : message.isText ? 1 : 2
        require(message.isContinuation == isInMessage, "\(message)")
        isInMessage = !message.isFinal
        frames.append(Sent(first: (message.isFinal ? 0x80 : 0) | opcode, payload: payload))
        do throws(EngineFailure) { try receiver.skipFrame() } catch { fatalError("\(error)") }
      }
    }
    require(frames == committed, "\(frames) comes, not \(committed)")
  }
}

/// A payload in three runs.
@_lifetime(copy payload)
private func runs(of payload: RawSpan, _ cuts: [Int]) -> Payload {
  let first = min(cuts[0] < 128 ? payload.byteCount : cuts[0], payload.byteCount)
  let rest = payload.dropping(first: first)
  return Payload(
    payload.extracting(first: first), rest.extracting(first: min(cuts[1], rest.byteCount)),
    rest.dropping(first: cuts[1]))
}

extension RawSpan {
  fileprivate var array: [UInt8] { (0..<byteCount).map { unsafeLoad(fromByteOffset: $0, as: UInt8.self) } }
}
