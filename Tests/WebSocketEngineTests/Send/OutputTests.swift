import Testing
import WebSocketEngine
import WebSocketProtocol
import WestwindBuffers
import WestwindTestSupport

/// What waits in the output, to leave in one write: whole frames, one behind the other.
struct OutputTests {
  /// All that waits, as one run of bytes.
  private func waiting(_ session: Session) throws -> [Frame] {
    let count = session.engine.sending.output.count
    let run = session.engine.sending.output.withFirst(.max) { $0.array }
    #expect(run.count == count)
    return try Frame.all(in: run)
  }

  /// Puts a frame into the output without having it leave.
  private func put(
    _ session: Session, _ payload: [UInt8], _ opcode: Opcode = .binary, isFinal: Bool = true
  ) throws(SendFailure) {
    try session.engine.send(
      opcode, Payload(payload.span.bytes), isFinal: isFinal, keys: &session.keys, from: session.memory)
  }

  @Test(arguments: Role.all, [0, 1, 125, 126, 10_000])
  func `header and payload of a frame are one run`(role: Role, size: Int) throws {
    let session = Session(role)
    try put(session, pattern(size: size, seed: 1))
    #expect(try waiting(session).map { $0.unmasked } == [Frame(.binary, pattern(size: size, seed: 1))])
  }

  @Test(arguments: Role.all)
  func `100 small frames are one run, in their order`(role: Role) throws {
    let session = Session(role)
    for i in 0..<100 { try put(session, [UInt8(i)]) }
    let frames = try waiting(session)
    #expect(frames.map { $0.unmasked } == (0..<100).map { Frame(.binary, [UInt8($0)]) })
    #expect(frames.allSatisfy { $0.isMasked == (role == .client) })
    #expect(session.memory.taken == 1)
    session.flush()
    #expect(session.engine.sending.output.isEmpty == true)
    #expect(session.memory.out == 0)
  }

  @Test(arguments: Role.all)
  func `frames of all kinds are one run, in their order`(role: Role) throws {
    let session = Session(role)
    let frames = [
      Frame(.binary, "first".bytes), Frame(.text, "hä".bytes, isFinal: false), Frame(.ping, "!".bytes),
      Frame(.continuation, "llo".bytes), Frame(.binary), Frame(closing: 1000),
    ]
    for frame in frames { try put(session, frame.payload, frame.opcode, isFinal: frame.isFinal) }
    #expect(try waiting(session).map { $0.unmasked } == frames)
  }

  @Test(arguments: Role.all)
  func `a frame that is refused takes nothing with it of what waits`(role: Role) throws {
    let session = Session(role)
    try put(session, "one".bytes, .text)
    for frame in [Frame(.text, [0xFF]), Frame(.continuation, [1]), Frame(.ping, isFinal: false)] {
      #expect(throws: SendFailure.self) { try put(session, frame.payload, frame.opcode, isFinal: frame.isFinal) }
    }
    try put(session, "two".bytes, .text)
    #expect(try waiting(session).map { $0.payload.text } == ["one", "two"])
    #expect(session.engine.sending.framesSent == 2)
  }

  @Test(arguments: Role.all)
  func `what waits leaves before an answer to PING or CLOSE, in order`(role: Role) throws {
    let session = Session(role)
    try put(session, "held".bytes, .text)
    session.write(Frame(.ping, [1]), Frame(closing: 1000))
    #expect(try session.receiveMessage().isClose)
    #expect(
      try Frame.all(in: session.peer.readAvailable()).map { $0.unmasked } == [
        Frame(.text, "held".bytes), Frame(.pong, [1]), Frame(closing: 1000),
      ])
  }

  @Test(arguments: Role.all, [1, 125, 126, 65_535, 70_000])
  func `the caller's memory is never changed, and may be reused at once`(role: Role, size: Int) throws {
    let session = Session(role)
    let payload = pattern(size: size, seed: UInt64(size))
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 1)
    defer { memory.deallocate() }
    memory.copyBytes(from: payload)
    try session.engine.send(
      .binary, Payload(UnsafeRawBufferPointer(memory).bytes), keys: &session.keys, from: session.memory)
    #expect(equal(Array(memory), payload))
    for i in 0..<size { memory[i] = 0 }
    #expect(equal(try waiting(session).first?.payload ?? [], payload))
  }

  @Test(arguments: Role.all)
  func `a packet is no message inside another one, nor behind CLOSE`(role: Role) throws {
    let session = Session(role)
    try put(session, "part".bytes, .text, isFinal: false)
    #expect(throws: SendFailure.refused(.messageInsideMessage)) { try put(session, [1, 1]) }
    try put(session, "end".bytes, .continuation)
    try put(session, [1, 1])
    try put(session, [], .close)
    #expect(throws: SendFailure.refused(.afterClose)) { try put(session, [1, 1]) }
    #expect(try waiting(session).map { $0.opcode } == [.text, .continuation, .binary, .close])
  }
}
