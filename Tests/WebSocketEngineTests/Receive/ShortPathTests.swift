import Testing
import WebSocketEngine
import WebSocketProtocol
import WestwindBuffers
import WestwindTestSupport

/// The common frame has a way of its own (`CommonFrame.swift`). Whoever takes it sees what the long way shows, byte by byte.
struct ShortPathTests {
  struct Item: Hashable {
    var type: MessageType
    var payload: [UInt8]
    /// Behind the item.
    var remaining: UInt64
  }

  /// A receiver of bytes: it takes whatever has come behind each piece.
  struct Receiver: ~Copyable {
    enum Way: CaseIterable {
      case long
      /// One frame at a time, and the next begun.
      case short
      /// All whole frames, as a batch takes them.
      case batch
    }

    var engine: ReceiveEngine
    let way: Way
    var state = CloseState()
    let memory = CountingSource()
    var items: [Item] = []
    /// How often the short way was taken.
    var taken = 0
    /// What the engine says behind each piece.
    var steps: [ReceiveEngine.Step] = []

    init(_ role: Role, _ way: Way, input: Int) {
      engine = ReceiveEngine(role: role, input: ByteQueue(capacity: input))
      self.way = way
    }

    mutating func feed(_ piece: [UInt8]) {
      var rest = piece[...]
      while !rest.isEmpty, !state.contains(.receiveEnded) {
        let wasIdle = engine.isIdle
        engine.makeRoom(from: memory)
        let count = engine.input.withFree { room in room.appendSome(of: rest) }
        precondition(count > 0)
        rest = rest.dropFirst(count)
        if way != .long, wasIdle, state.rawValue == 0 { _ = engine.beginCommon() }
        drain()
        engine.releaseMemory(to: memory)
      }
      steps.append(engine.next(&state))
    }

    private mutating func drain() {
      while !state.contains(.receiveEnded) {
        if way != .long, takeShort() { continue }
        switch engine.next(&state) {
        case .data:
          let before = engine.message
          guard engine.available > 0 || before.remaining == 0 else { return }
          let count = engine.available
          guard (try? engine.prepare(count)) != nil else { continue }
          let bytes = engine.withPayload(count) { $0.array }
          if count == 0 { try? engine.skipFrame() } else { engine.takePayload(count) }
          note(Item(type: before.type, payload: bytes, remaining: before.remaining - UInt64(count)))
        case .control(let opcode):
          note(Item(type: opcode.type, payload: engine.withPayload(engine.available) { $0.array }, remaining: 0))
          _ = engine.finishControl(&state)
        case .answer(let opcode):
          note(Item(type: [opcode.type, .final], payload: engine.withAnswer { $0.array }, remaining: 0))
          engine.finishAnswer()
        case .needsMemory: engine.giveMemory(from: memory)
        case .failed: return engine.end(&state)
        case .needsInput, .ended: return
        }
      }
    }

    /// Pieces of one frame count as one item: the short way waits for all of it.
    private mutating func note(_ item: Item) {
      guard let remaining = items.last?.remaining, remaining > 0 else { return items.append(item) }
      items[items.count - 1].payload += item.payload
      items[items.count - 1].remaining = item.remaining
    }

    private mutating func takeShort() -> Bool {
      guard state.rawValue == 0, let (count, type) = engine.wholePayload else { return false }
      taken += 1
      note(Item(type: type, payload: engine.input.withFirst(count) { $0.array }, remaining: 0))
      engine.takeWhole(count)
      while way == .batch, let next = engine.wholeFrame {
        taken += 1
        let payload = engine.input.withFirst(next.payload, behind: next.header) { $0.array }
        note(Item(type: ReceiveEngine.commonType, payload: payload, remaining: 0))
        engine.takeNextWhole(header: next.header, payload: next.payload)
      }
      _ = engine.beginCommon()
      return true
    }
  }

  /// Feeds the same pieces to all ways, and compares what comes of them.
  ///
  /// - Returns: how often the short way was taken.
  @discardableResult
  func compare(_ role: Role, _ pieces: [[UInt8]], input: Int, _ note: String) -> Int {
    var long = Receiver(role, .long, input: input)
    for piece in pieces { long.feed(piece) }
    var taken = 0
    for way in [Receiver.Way.short, .batch] {
      var short = Receiver(role, way, input: input)
      for piece in pieces { short.feed(piece) }
      let items = (short.items, long.items)
      let place = zip(items.0, items.1).prefix { $0 == $1 }.count
      #expect(items.0.count == items.1.count && place == items.0.count, "\(note), \(way): item \(place) differs")
      let steps = (short.steps, long.steps)
      #expect(steps.0 == steps.1, "\(note), \(way)")
      let frames = (short.engine.framesReceived, long.engine.framesReceived)
      #expect(frames.0 == frames.1, "\(note), \(way)")
      let bytes = (short.engine.bytesReceived, long.engine.bytesReceived)
      #expect(bytes.0 == bytes.1, "\(note), \(way)")
      let waiting = (short.engine.input.withFirst(.max) { $0.array }, long.engine.input.withFirst(.max) { $0.array })
      #expect(waiting.0 == waiting.1, "\(note), \(way)")
      let state = (short.state, long.state)
      #expect(state.0 == state.1, "\(note), \(way)")
      taken += short.taken
    }
    return taken
  }

  @Test(arguments: [0, 1, 2, 6, 7, 8, 9, 123, 124, 125, 126, 127, 128, 255, 256, 65534, 65535, 65536, 65537])
  func `a length at an edge comes by both ways, wherever it is cut`(size: Int) {
    let frame = Frame(.binary, pattern(size: size, seed: 1))
    let bytes = [Frame(.binary, [1]), frame, Frame(.binary, [2, 3]), frame, Frame(.binary, [4])].bytes
    let second = 3 + frame.bytes.count
    var taken = 0
    // A long frame through a small input is many pieces, cut or not.
    for input in size < 1000 ? [64, 1000, 70_000] : [70_000] {
      for cut in 0..<min(bytes.count, second + 12) where cut < 40 || second - cut < 20 || cut % 7001 == 0 {
        taken += compare(.client, bytes.cut(at: cut == 0 ? [] : [cut]), input: input, "cut at \(cut), input \(input)")
      }
      taken += compare(.client, bytes.cutAtEveryByte, input: input, "every byte, input \(input)")
    }
    #expect(taken > 0)
  }

  /// Frames in any order that the protocol allows, and at the end, now and then, one that it does not.
  static func frames(_ random: inout SeededGenerator, role: Role) -> [Frame] {
    var frames: [Frame] = []
    var isOpen: Opcode?
    let sizes = [0, 1, 5, 8, 9, 20, 125, 126, 127, 300, 700]
    for _ in 0..<Int.random(in: 1...30, using: &random) {
      let size = sizes.randomElement(using: &random)!
      switch Int.random(in: 0..<10, using: &random) {
      case 0: frames.append(Frame(.ping, random.bytes(min(size, 125))))
      case 1: frames.append(Frame(.pong, random.bytes(min(size, 125))))
      case 2 where isOpen == nil:
        isOpen = Bool.random(using: &random) ? .text : .binary
        frames.append(
          Frame(isOpen!, [UInt8](repeating: 0x61, count: size), isFinal: false))
      case 3 where isOpen == nil: frames.append(Frame(.text, [UInt8](repeating: 0x62, count: size)))
      case _ where isOpen != nil:
        let isFinal = Bool.random(using: &random)
        frames.append(Frame(.continuation, [UInt8](repeating: 0x63, count: size), isFinal: isFinal))
        if isFinal { isOpen = nil }
      default: frames.append(Frame(.binary, random.bytes(size)))
      }
    }
    switch Int.random(in: 0..<4, using: &random) {
    case 0: frames.append(Frame(closing: 1000, "x"))
    case 1: frames.append(Frame(.binary, [1], reservedBits: 4))
    case 2: frames.append(Frame(isOpen == nil ? .continuation : .binary, [1, 2]))
    default: break
    }
    return frames
  }

  @Test(arguments: Role.all, 0..<8)
  func `any frames in any pieces come by both ways`(role: Role, round: Int) {
    var random = SeededGenerator(seed: 100 + UInt64(round))
    var taken = 0
    for sequence in 0..<25 {
      let bytes = Self.frames(&random, role: role).bytes(by: role.other)
      let count = Int.random(in: 0...min(20, bytes.count - 1), using: &random)
      let cuts = (0..<count).map { _ in Int.random(in: 0...bytes.count, using: &random) }.sorted()
      let pieces = bytes.cut(at: cuts)
      let input = [64, 80, 200, 1000, 65536].randomElement(using: &random)!
      taken += compare(role, pieces, input: input, "round \(round), sequence \(sequence)")
    }
    // A server's frames come masked: there is no short way for them.
    #expect((taken > 0) == (role == .client))
  }

  // MARK: Sending

  struct Sent: Equatable {
    var bytes: [UInt8]
    var frames: UInt64
    var count: UInt64
  }

  /// Sends one message, by the short way if it is open, or always by the long one.
  static func append(_ payload: [UInt8], key: MaskingKey?, to engine: inout SendEngine, short: Bool) -> Bool {
    var state = CloseState()
    if short {
      guard engine.allowsWholeBinary(payload.count) else { return false }
      engine.appendWholeBinary(payload.span.bytes, key: key)
      return true
    }
    let bytes = Payload(payload.span.bytes)
    let rules = try! engine.check(.binary, isFinal: true, bytes, state)
    var frame = engine.begin(.binary, isFinal: true, rules: rules, key: key, count: payload.count)
    engine.append(bytes, to: &frame)
    precondition(frame.isWhole)
    engine.commit(frame, count: payload.count, &state)
    return true
  }

  static func output(_ engine: inout SendEngine) -> Sent {
    Sent(
      bytes: engine.output.withFirst(.max) { $0.array }, frames: engine.framesSent, count: engine.bytesSent)
  }

  @Test(
    arguments: [0, 1, 3, 7, 8, 9, 63, 64, 65, 125, 126, 127, 128, 1000, 65534, 65535, 65536, 65537], [true, false])
  func `a message is appended by both ways, masked and not`(size: Int, isMasked: Bool) {
    var keys = SeededKeys()
    for before in [0, 1, 7, 8] {
      let key = isMasked ? keys.next() : nil
      let payload = pattern(size: size, seed: 3)
      var results: [Sent] = []
      for short in [true, false] {
        var engine = SendEngine(output: ByteQueue(capacity: size + 200))
        engine.output.acquire(from: Allocator())
        for _ in 0..<before { #expect(Self.append([5], key: key, to: &engine, short: short)) }
        engine.output.drop(before)
        #expect(Self.append(payload, key: key, to: &engine, short: short))
        results.append(Self.output(&engine))
      }
      #expect(results[0] == results[1])
      #expect(
        results[0].bytes.suffix(Frame(.binary, payload, key: key?.array).bytes.count)
          == Frame(.binary, payload, key: key?.array).bytes[...])
    }
  }

  @Test func `the short way needs room for the payload and sixteen bytes, and no more`() {
    for free in 0..<200 {
      var engine = SendEngine(output: ByteQueue(capacity: 200))
      engine.output.acquire(from: Allocator())
      engine.output.append([UInt8](repeating: 0, count: 200 - free).span.bytes)
      for size in [0, 1, 50, 100, 125, 126, 184, 185] {
        #expect(engine.allowsWholeBinary(size) == (size + 16 <= free))
      }
    }
  }

  @Test func `the short way is closed inside a message, and open again behind it`() throws {
    var engine = SendEngine(output: ByteQueue(capacity: 1000))
    var state = CloseState()
    let source = Allocator()
    try engine.send(.text, Payload("a".bytes.span.bytes), isFinal: false, key: nil, &state, from: source)
    #expect(engine.allowsWholeBinary(1) == false)
    try engine.send(.ping, Payload(), key: nil, &state, from: source)
    #expect(engine.allowsWholeBinary(1) == false)
    try engine.send(.continuation, Payload(), key: nil, &state, from: source)
    #expect(engine.allowsWholeBinary(1) == true)
  }

  @Test func `a frame that was taken back leaves no trace`() {
    var engine = SendEngine(output: ByteQueue(capacity: 200))
    engine.output.acquire(from: Allocator())
    #expect(Self.append([1, 2], key: nil, to: &engine, short: true))
    engine.takeBackWhole(payload: 2)
    #expect(Self.output(&engine) == Sent(bytes: [], frames: 0, count: 0))
    #expect(engine.allowsWholeBinary(184) == true)
  }

  @Test(arguments: 0..<8)
  func `any messages are appended by both ways`(round: Int) {
    var random = SeededGenerator(seed: 500 + UInt64(round))
    var keys = SeededKeys()
    var results: [Sent] = []
    let sizes = (0..<60).map { _ in
      [0, 1, 2, 8, 60, 125, 126, 127, 500, 70_000].randomElement(using: &random)!
        + Int.random(in: 0...3, using: &random)
    }
    let messages = sizes.map { (random.bytes($0), Bool.random(using: &random) ? keys.next() : nil) }
    for short in [true, false] {
      var engine = SendEngine(output: ByteQueue(capacity: 8 << 20))
      engine.output.acquire(from: Allocator())
      for (payload, key) in messages { #expect(Self.append(payload, key: key, to: &engine, short: short)) }
      results.append(Self.output(&engine))
    }
    #expect(results[0] == results[1])
    #expect(results[0].bytes == messages.flatMap { Frame(.binary, $0.0, key: $0.1?.array).bytes })
  }
}
