import PerMessageDeflate
import Testing
import WebSocketEngine
import WebSocketProtocol
import WestwindBuffers
import WestwindTestSupport

/// How the output grows, what it keeps, and what it gives back.
struct OutputMemoryTests {
  @Test func `the output grows with what is put in`() throws {
    var engine = WebSocketEngine(role: .server, input: 64, output: 16)
    let memory = CountingSource()
    var expected: [UInt8] = []
    for size in [0, 1, 100, 5000, 70_000, 3] {
      let payload = pattern(size: size, seed: UInt64(size))
      try engine.send(.binary, Payload(payload.span.bytes), from: memory)
      try engine.send(.text, Payload(), from: memory)
      expected += Frame(.binary, payload).bytes + Frame(.text).bytes
    }
    #expect(engine.sending.output.withFirst(.max) { $0.array } == expected)
    // One buffer at a time is kept, of no more than twice what is in it.
    #expect(memory.out == 1)
    #expect(memory.bytes < 2 * expected.count + 100)
    engine.sent(expected.count - 1, to: memory)
    #expect(memory.out == 1)
    engine.sent(1, to: memory)
    #expect(memory.out == 0)
    #expect(engine.sending.output.capacity == 16)
  }

  @Test(arguments: Role.all)
  func `an idle connection has no memory, whatever went over it`(role: Role) throws {
    let session = Session(role, options { $0.input = 64 })
    #expect(session.memory.taken == 0)
    session.write(
      Frame(.text, "hello".bytes), Frame(.ping, [UInt8](repeating: 1, count: 125)),
      Frame(.binary, pattern(size: 3000, seed: 1)))
    #expect(try session.receiveMessage().text == "hello")
    #expect(try session.receiveMessage().payload.count == 3000)
    try session.sendMsg(pattern(size: 100_000, seed: 1))
    #expect(failure { try session.receiveMessage() } == .wouldBlock)
    #expect(session.memory.taken > 0)
    #expect(session.memory.out == 0)
    // Half a frame keeps it.
    session.peer.write([0x82])
    #expect(failure { try session.receiveMessage() } == .wouldBlock)
    #expect(session.memory.out == 1)
    session.engine.close(to: session.memory)
    #expect(session.memory.out == 0)
  }

  @Test(arguments: Role.all)
  func `an idle connection with compression has no memory either`(role: Role) throws {
    try withCompression(role) { session, codec in
      session.write(try codec.frame(.binary, compressible(size: 200_000)))
      #expect(try session.receiveMessage().payload.count == 200_000)
      try session.sendMsg(compressible(size: 200_000))
      #expect(failure { try session.receiveMessage() } == .wouldBlock)
      #expect(session.memory.out == 0)
    }
  }

  @Test func `frames that fit the buffers take memory once a burst, and none in between`() throws {
    let session = Session(.server)
    for round in 1...20 {
      session.peer.write(session.bytes((0..<50).map { Frame(.binary, [UInt8($0)]) }))
      for i in 0..<50 { #expect(try session.receiveMessage().payload == [UInt8(i)]) }
      #expect(session.memory.taken == round)
    }
    let other = CountingSource()
    for i in 0..<50 { try session.engine.send(.binary, Payload([UInt8(i)].span.bytes), from: other) }
    #expect(other.taken == 1)
  }

  @Test(arguments: Role.all)
  func `a flood of PINGs waits for the output to leave`(role: Role) throws {
    var engine = SessionOptions().makeEngine(role)
    var keys = SeededKeys()
    let memory = CountingSource()
    let ping = Frame(.ping, [UInt8](repeating: 7, count: 125)).sent(by: role.other).bytes
    var (written, answered, waits, most) = (0, 0, 0, 0)
    while answered < 2000 {
      while written < 2000, engine.receiving.input.count < 10_000 {
        engine.receiving.input.reserve(ping.count, from: memory)
        engine.receiving.input.append(ping.span.bytes)
        written += 1
      }
      let event = engine.next(keys: &keys, from: memory)
      most = max(most, engine.sending.output.count)
      guard event == .needsOutput || written == 2000 else { continue }
      if event == .needsOutput {
        waits += 1
        // Nothing changes before output has left.
        let count = engine.sending.output.count
        #expect(engine.next(keys: &keys, from: memory) == .needsOutput)
        #expect(engine.sending.output.count == count)
      }
      let output = engine.sending.output.withFirst(.max) { $0.array }
      answered += try Frame.all(in: output).count
      engine.sent(output.count, to: memory)
    }
    #expect(answered == 2000)
    #expect(waits > 10)
    #expect(most <= WebSocketEngine.answerLimit + SendEngine.controlFrameRoom)
    #expect(engine.receiving.framesReceived == 2000)
  }

  @Test func `a control frame has room for the largest, or says that there is none`() {
    for free in 0..<300 {
      var engine = SendEngine(output: ByteQueue(capacity: 400))
      engine.output.acquire(from: Allocator())
      engine.output.append([UInt8](repeating: 0, count: 400 - free).span.bytes)
      #expect(engine.hasRoomForControl() == (free >= 139))
      engine.output.drop(min(100, 400 - free))
      #expect(engine.hasRoomForControl() == (400 - engine.output.count >= 139))
    }
  }

  @Test func `what was dropped is gone, and so is a stream that takes nothing more`() throws {
    let session = Session(.server)
    try session.engine.send(.text, Payload("x".bytes.span.bytes), from: session.memory)
    session.engine.failSending(to: session.memory)
    #expect(session.engine.sending.output.isEmpty == true)
    #expect(session.memory.out == 0)
    #expect(failure { try session.sendMsg("y") } == .refused(.afterClose))
    // It still receives.
    session.write(Frame(.text, "z".bytes), Frame(.ping))
    #expect(try session.receiveMessage().text == "z")
    #expect(failure { try session.receiveMessage() } == .wouldBlock)
    #expect(session.peer.readAvailable() == [])
  }
}
