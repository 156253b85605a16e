import PerMessageDeflate
import Testing
import WebSocketEngine
import WebSocketProtocol
import WestwindBuffers
import WestwindTestSupport

/// The sending half, step by step.
struct SendEngineTests {
  /// What can be told of an engine from outside.
  struct Look: Equatable {
    var output: [UInt8]
    var frames: UInt64
    var bytes: UInt64
    var isMessageOpen: Bool
  }

  static func look(_ engine: inout SendEngine) -> Look {
    Look(
      output: engine.output.withFirst(.max) { $0.array }, frames: engine.framesSent, bytes: engine.bytesSent,
      isMessageOpen: (try? engine.check(.continuation, isFinal: false, Payload(), CloseState())) != nil)
  }

  // MARK: Rollback

  @Test(arguments: Role.all, [0, 1, 9])
  func `Field defect 19: a frame that is taken back leaves no trace: bytes, message, text`(
    role: Role, before: Int
  ) throws {
    var keys = SeededKeys()
    var engine = SendEngine(output: ByteQueue(capacity: 300))
    var state = CloseState()
    let source = Allocator()
    try engine.send(
      .text, Payload(([0x61, 0xE2] as [UInt8]).span.bytes), isFinal: false, key: nil, &state, from: source)
    engine.sent(engine.output.count - min(before, engine.output.count))
    let first = Self.look(&engine)
    let lost: [(Opcode, Bool, [UInt8])] = [
      (.continuation, false, [0x82]), (.continuation, true, [0x82, 0xAC]), (.ping, true, [1]),
      (.continuation, false, [0x82] + [UInt8](repeating: 0xAC, count: 1)), (.close, true, [3, 0xE8]),
    ]
    for (opcode, isFinal, payload) in lost {
      let bytes = Payload(payload.span.bytes)
      let key = role == .client ? keys.next() : nil
      for part in [0, 1] {
        let rules = try engine.check(opcode, isFinal: isFinal, bytes, state)
        var frame = engine.begin(opcode, isFinal: isFinal, rules: rules, key: key, count: payload.count)
        if part == 0 { engine.appendHeader(to: &frame) } else { engine.append(bytes, to: &frame) }
        // Bytes of earlier frames may leave meanwhile.
        #expect(!frame.hasLeft)
        engine.rollback(frame)
        #expect(Self.look(&engine) == first)
        #expect(state.rawValue == 0)
      }
    }
    // The character that was begun can still be ended, and nothing else.
    #expect(throws: SendFailure.refused(.textNotUTF8)) {
      try engine.send(.continuation, Payload(([0x28] as [UInt8]).span.bytes), key: nil, &state, from: source)
    }
    try engine.send(.continuation, Payload(([0x82, 0xAC] as [UInt8]).span.bytes), key: nil, &state, from: source)
    #expect(engine.framesSent == 2)
  }

  @Test func `bytes of earlier frames that left meanwhile stay away when a frame is taken back`() throws {
    var engine = SendEngine(output: ByteQueue(capacity: 300))
    var state = CloseState()
    try engine.send(.binary, Payload(([1, 2, 3] as [UInt8]).span.bytes), key: nil, &state, from: Allocator())
    for left in 0...5 {
      var copy = SendEngine(output: ByteQueue(capacity: 300))
      try copy.send(.binary, Payload(([1, 2, 3] as [UInt8]).span.bytes), key: nil, &state, from: Allocator())
      let bytes = Payload(([9, 9, 9, 9] as [UInt8]).span.bytes)
      let rules = try copy.check(.binary, isFinal: false, bytes, state)
      var frame = copy.begin(.binary, isFinal: false, rules: rules, key: nil, count: 4)
      copy.append(bytes, to: &frame)
      copy.sent(left, of: &frame)
      #expect(!frame.hasLeft)
      copy.rollback(frame)
      #expect(Self.look(&copy).output == Array([0x82, 3, 1, 2, 3].dropFirst(left)))
      #expect(!Self.look(&copy).isMessageOpen)
    }
  }

  @Test func `a frame of which a byte has left cannot be taken back, and says so`() throws {
    var engine = SendEngine(output: ByteQueue(capacity: 300))
    engine.output.acquire(from: Allocator())
    let bytes = Payload(([1, 2, 3] as [UInt8]).span.bytes)
    let rules = try engine.check(.binary, isFinal: true, bytes, CloseState())
    var frame = engine.begin(.binary, isFinal: true, rules: rules, key: nil, count: 3)
    engine.append(bytes, to: &frame)
    #expect(!frame.hasLeft)
    engine.sent(1, of: &frame)
    #expect(frame.hasLeft)
    #expect(frame.isWhole)
  }

  // MARK: Pieces

  /// Sends a frame through an output of this capacity, as a shell does.
  private func send(
    _ payload: borrowing Payload, capacity: Int, key: MaskingKey?, leaving step: Int = .max, before: [UInt8] = []
  ) throws -> (bytes: [UInt8], Look) {
    var engine = SendEngine(output: ByteQueue(capacity: capacity))
    var state = CloseState()
    engine.output.acquire(from: Allocator())
    engine.output.append(before.span.bytes)
    let rules = try engine.check(.binary, isFinal: true, payload, state)
    var frame = engine.begin(.binary, isFinal: true, rules: rules, key: key, count: payload.byteCount)
    var wire: [UInt8] = []
    var taken = 0
    engine.append(payload, to: &frame)
    while !frame.isWhole {
      // As much as there is room for has been taken.
      if engine.output.freeAtEnd == 0 || frame.taken == taken {
        let count = min(step, engine.output.count)
        wire += engine.output.withFirst(count) { $0.array }
        engine.sent(count, of: &frame)
        if engine.output.freeAtEnd == 0 { engine.output.compact() }
      }
      taken = frame.taken
      engine.append(payload, to: &frame)
      precondition(frame.taken >= taken)
    }
    wire += engine.output.withFirst(.max) { $0.array }
    engine.sent(engine.output.count, of: &frame)
    engine.commit(frame, count: payload.byteCount, &state)
    return (Array(wire.dropFirst(before.count)), Self.look(&engine))
  }

  @Test(arguments: [16, 17, 20, 24, 64, 100, 1000], [true, false])
  func `in pieces of every buffer size a frame has the bytes that it has in one`(capacity: Int, isMasked: Bool) throws {
    let key = isMasked ? MaskingKey(littleEndian: 0xB98E_7EE1) : nil
    for size in [0, 1, 2, 10, 63, 125, 126, 127, 200, 1001] {
      let payload = pattern(size: size, seed: UInt64(size))
      let expected = Frame(.binary, payload, key: key?.array).bytes
      for step in [1, 3, 7, Int.max] {
        let (bytes, look) = try send(Payload(payload.span.bytes), capacity: capacity, key: key, leaving: step)
        #expect(bytes == expected, "\(size) bytes, \(step) at a time")
        #expect(look == Look(output: [], frames: 1, bytes: UInt64(size), isMessageOpen: false))
      }
      let (bytes, _) = try send(
        Payload(payload.span.bytes), capacity: capacity, key: key, before: [UInt8](repeating: 7, count: capacity / 2))
      #expect(bytes == expected)
    }
  }

  @Test(arguments: [true, false])
  func `a payload in three runs is the payload in one, wherever it is cut`(isMasked: Bool) throws {
    let key = isMasked ? MaskingKey(littleEndian: 0x0403_0201) : nil
    let payload = pattern(size: 21, seed: 1)
    let expected = Frame(.binary, payload, key: key?.array).bytes
    for first in 0...21 {
      for second in first...21 {
        let runs = payload.cut(at: [first, second])
        for capacity in [16, 24, 100] {
          let (one, two, three) = (runs[0], runs[1], runs[2])
          let joined = Payload(one.span.bytes, two.span.bytes, three.span.bytes)
          #expect(try send(joined, capacity: capacity, key: key).bytes == expected)
        }
      }
    }
  }

  @Test func `text in runs is checked as a whole`() throws {
    let text = "aé水🌬".bytes
    let bad = text + [0xFF]
    for cut in 0...text.count {
      var engine = SendEngine(output: ByteQueue(capacity: 100))
      var state = CloseState()
      let (start, rest) = (Array(text[..<cut]), Array(text[cut...]))
      try engine.send(
        .text, Payload(start.span.bytes, rest.span.bytes), key: nil, &state, from: Allocator())
      #expect(Self.look(&engine).output == Frame(.text, text).bytes)
      let badRest = Array(bad[cut...])
      #expect(throws: SendFailure.refused(.textNotUTF8)) {
        try engine.send(.text, Payload(start.span.bytes, badRest.span.bytes), key: nil, &state, from: Allocator())
      }
      #expect(engine.framesSent == 1)
    }
  }

  @Test func `payload that went straight from its caller's memory counts`() throws {
    let payload = pattern(size: 50, seed: 1)
    for first in 0...52 {
      var engine = SendEngine(output: ByteQueue(capacity: 64))
      var state = CloseState()
      engine.output.acquire(from: Allocator())
      let bytes = Payload(payload.span.bytes)
      let rules = try engine.check(.binary, isFinal: true, bytes, state)
      var frame = engine.begin(.binary, isFinal: true, rules: rules, key: nil, count: 50)
      engine.appendHeader(to: &frame)
      #expect(frame.taken == 0 && engine.output.count == 2)
      // What waits goes first, and what the stream takes beyond it is payload.
      engine.sentDirectly(first, of: &frame)
      #expect(engine.output.count == max(0, 2 - first))
      #expect(frame.taken == max(0, first - 2))
      #expect(frame.hasLeft == (first > 0))
      #expect(frame.isWhole == (first == 52))
      // The rest may go through the output.
      engine.append(bytes, to: &frame)
      #expect(frame.isWhole)
      #expect(
        engine.output.withFirst(.max) { $0.array } == Array(Frame(.binary, payload).bytes.dropFirst(first)))
      engine.commit(frame, count: 50, &state)
      #expect(engine.bytesSent == 50)
    }
  }

  // MARK: Refusals

  static let refusals: [(before: [Frame], frame: Frame, refusal: SendState.Refusal)] =
    ([3, 4, 5, 6, 7, 11, 12, 13, 14, 15] as [UInt8]).map {
      ([], Frame(Opcode(rawValue: $0), [1]), .reservedOpcode($0))
    } + [
      ([], Frame(.ping, isFinal: false), .controlFrameNotFinal),
      ([], Frame(.close, isFinal: false), .controlFrameNotFinal),
      ([], Frame(.ping, [UInt8](repeating: 0, count: 126)), .controlFrameTooLong(126)),
      ([], Frame(.pong, [UInt8](repeating: 0, count: 126)), .controlFrameTooLong(126)),
      ([], Frame(.continuation, [1]), .continuationWithoutMessage),
      ([Frame(.text, [0x61], isFinal: false)], Frame(.text, [0x62]), .messageInsideMessage),
      ([Frame(.binary, isFinal: false)], Frame(.binary, [1], isFinal: false), .messageInsideMessage),
      ([], Frame(.text, [0xFF]), .textNotUTF8), ([], Frame(.text, [0xC3]), .textNotUTF8),
      ([Frame(.text, [0xE2], isFinal: false)], Frame(.continuation, [0x28]), .textNotUTF8),
      ([], Frame(.close, [3]), .closeBodyNotValid(.closeBodyOfOneByte)),
      ([], Frame(closing: 1005), .closeBodyNotValid(.closeCodeNotAllowed(1005))),
      ([], Frame(.close, [3, 0xE8, 0xFF]), .closeBodyNotValid(.closeReasonNotUTF8)),
      ([Frame(closing: 1000)], Frame(.binary, [1]), .afterClose),
      ([Frame(closing: 1000)], Frame(.close), .afterClose),
    ]

  @Test(arguments: refusals.indices, Role.all)
  func `each kind of refusal changes nothing`(row: Int, role: Role) throws {
    let (before, frame, refusal) = Self.refusals[row]
    let session = Session(role)
    for frame in before { try session.sendMsg(frame.payload, opcode: frame.opcode, final: frame.isFinal) }
    let state = session.engine.state
    let look = Self.look(&session.engine.sending)
    for _ in 0..<2 {
      let error = failure { try session.sendMsg(frame.payload, opcode: frame.opcode, final: frame.isFinal) }
      #expect(error == .refused(refusal))
    }
    #expect(session.engine.state == state)
    #expect(Self.look(&session.engine.sending) == look)
    #expect(try Frame.all(in: session.peer.readAvailable()).map { $0.unmasked } == before)
  }

  // MARK: Keys

  @Test func `each frame of a client takes one key, in order, and a server's takes none`() throws {
    let session = Session(.client)
    session.write(Frame(.ping, [1]))
    try session.sendMsg("a")
    #expect(failure { try session.receiveMessage() } == .wouldBlock)
    try session.sendMsg([2], opcode: .ping)
    session.write(Frame(.continuation))
    #expect(failure { try session.receiveMessage() } == .violation(.continuationWithoutMessage))
    let frames = try Frame.all(in: session.peer.readAvailable())
    #expect(frames.map { $0.opcode } == [.text, .pong, .ping, .close])
    #expect(frames.map { $0.key } == session.keys.given.map { $0.array })
    #expect(Set(session.keys.given).count == 4)
    let server = Session(.server)
    try server.sendMsg("a")
    #expect(server.keys.given.isEmpty)
  }

  // MARK: Compression

  @Test func `compressed payload that does not get into the output is forgotten on both sides`() throws {
    struct Full: Error {}
    let codec = PeerCodec(.server, .init())
    try withCompression(.server) { session, _ in
      let payload = compressible(size: 500)
      try session.sendMsg(payload)
      #expect(try codec.readMessage(from: session.peer) == payload)
      let deflation = session.engine.sending.deflation!
      for _ in 0..<3 {
        #expect(throws: Full.self) {
          _ = try deflation.withCompressed(
            Payload(payload.span.bytes), isFinal: true, from: session.memory, check: { () throws(Full) in }
          ) { _ throws(Full) in throw Full() }
        }
        try session.sendMsg(payload)
        #expect(try codec.readMessage(from: session.peer) == payload)
      }
    }
  }

  @Test(arguments: [1, 2, 60_000, 65_536, 65_537, 200_000])
  func `runs are compressed as one payload`(first: Int) throws {
    try withCompression(.server) { session, codec in
      let payload = compressible(size: 250_000)
      let (one, two) = (Array(payload[..<first]), Array(payload[first..<(first + 10)]))
      let three = Array(payload[(first + 10)...])
      try session.engine.send(
        .binary, Payload(one.span.bytes, two.span.bytes, three.span.bytes), from: session.memory)
      session.flush()
      #expect(equal(try codec.readMessage(from: session.peer), payload))
      #expect(session.engine.sending.bytesSent == 250_000)
    }
  }

  // MARK: Faults that were found by these tests

  @Test(arguments: Role.all)
  func `a frame that is refused takes no memory`(role: Role) {
    let session = Session(role)
    #expect(throws: SendFailure.refused(.continuationWithoutMessage)) {
      try session.engine.send(.continuation, Payload(), keys: &session.keys, from: session.memory)
    }
    #expect(session.memory.out == 0)
    session.engine.close(to: session.memory)
    #expect(throws: SendFailure.refused(.afterClose)) {
      try session.engine.send(.binary, Payload(), keys: &session.keys, from: session.memory)
    }
    #expect(session.memory.out == 0)
  }
}
