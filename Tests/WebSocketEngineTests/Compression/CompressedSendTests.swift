import PerMessageDeflate
import Testing
import WebSocketEngine
import WebSocketProtocol
import WestwindBuffers
import WestwindTestSupport

/// `sendMsg` where compression is agreed on.
struct CompressedSendTests {
  @Test(arguments: Role.all)
  func `messages under the minimum size go plain, and the others compressed`(role: Role) throws {
    try withCompression(role, options: { $0.deflate.minimumSize = 64 }) { (session, codec) throws in
      for size in [0, 1, 63, 64, 65, 1000] {
        let payload = compressible(size: size)
        #expect(try session.sendMsg(payload, opcode: .binary) == size)
        let frame = try session.peer.readFrame()
        #expect(frame.reservedBits == (size < 64 ? 0 : FrameHeader.rsv1))
        #expect(equal(size < 64 ? frame.payload : try codec.inflate(frame.payload), payload))
      }
    }
  }

  @Test func `a message in fragments is judged by its first`() throws {
    try withCompression(options: { $0.deflate.minimumSize = 64 }) { (session, codec) throws in
      let long = compressible(size: 500)
      try session.sendMsg([1], opcode: .binary, final: false)
      try session.sendMsg(long, opcode: .continuation)
      #expect(
        try session.peer.readFrames(2).map { $0.unmasked } == [
          Frame(.binary, [1], isFinal: false), Frame(.continuation, long),
        ])
      try session.sendMsg(long, opcode: .binary, final: false)
      try session.sendMsg([1], opcode: .continuation)
      #expect(try codec.readMessage(from: session.peer) == long + [1])
    }
  }

  @Test(arguments: Role.all)
  func `what shrinks costs less on the wire, and with the context a repetition costs next to nothing`(
    role: Role
  ) throws {
    try withCompression(role) { (session, codec) throws in
      let payload = pattern(size: 4000, seed: 3).map { UInt8(ascii: "a") + $0 & 15 }
      try session.sendMsg(payload, opcode: .binary)
      try session.sendMsg(payload, opcode: .binary)
      let frames = try session.peer.readFrames(2)
      #expect(frames[0].payload.count < 2500)
      #expect(frames[1].payload.count < 100)
      for frame in frames { #expect(equal(try codec.inflate(frame.payload), payload)) }
      #expect(session.engine.sending.bytesSent == 8000)
    }
  }

  @Test(arguments: Role.all, [true, false])
  func `messages of every size come through, with the context and without`(role: Role, keepsContext: Bool) throws {
    let parameters = PerMessageDeflateParameters(
      serverNoContextTakeover: !keepsContext, clientNoContextTakeover: !keepsContext)
    try withCompression(role, parameters) { (session, codec) throws in
      for size in [0, 1, 2, 125, 126, 65535, 65536, 65537, 300_000] {
        for payload in [compressible(size: size), pattern(size: size, seed: 1), [UInt8](repeating: 0, count: size)] {
          #expect(try session.sendMsg(payload, opcode: .binary) == size)
          #expect(difference(try codec.readMessage(from: session.peer), payload) == nil)
        }
      }
    }
  }

  @Test func `empty messages and empty fragments come through`() throws {
    try withCompression { (session, codec) throws in
      try session.sendMsg("")
      try session.sendMsg("", final: false)
      try session.sendMsg([], opcode: .continuation)
      try session.sendMsg("", final: false)
      try session.sendMsg("abc".bytes, opcode: .continuation, final: false)
      try session.sendMsg([], opcode: .continuation)
      #expect(try (0..<3).map { _ in try codec.readMessage(from: session.peer).text } == ["", "", "abc"])
    }
  }

  @Test func `text that is not UTF-8 is refused before anything of it is compressed`() throws {
    try withCompression { (session, codec) throws in
      #expect(
        failure { try session.sendMsg([0xFF], opcode: .text) } == .refused(.textNotUTF8))
      try session.sendMsg("grüße")
      #expect(try codec.readMessage(from: session.peer).text == "grüße")
    }
  }

  @Test(arguments: Role.all)
  func `messages that wait together, compressed and plain, are whole and in order`(role: Role) throws {
    try withCompression(role, options: { $0.deflate.minimumSize = 64 }) { (session, codec) throws in
      for number in 0..<10 {
        for payload in [compressible(size: 700, seed: number), [UInt8(number)]] {
          try session.engine.send(
            .binary, Payload(payload.span.bytes), keys: &session.keys, from: session.memory)
        }
      }
      #expect(session.peer.readAvailable() == [])
      session.flush()
      for number in 0..<10 {
        #expect(equal(try codec.readMessage(from: session.peer), compressible(size: 700, seed: number)))
        #expect(try session.peer.readFrame().unmasked == Frame(.binary, [UInt8(number)]))
      }
    }
  }

  /// Compresses a frame, puts it behind what waits, and takes it back, as an owner whose stream takes nothing in time.
  private func giveUp(_ session: Session, _ payload: [UInt8], _ opcode: Opcode, isFinal: Bool) throws {
    struct Late: Error {}
    let deflation = session.engine.sending.deflation!
    let rules = try session.engine.sending.check(
      opcode, isFinal: isFinal, Payload(payload.span.bytes), session.engine.state)
    #expect(throws: Late.self) {
      try deflation.withCompressed(
        Payload(payload.span.bytes), isFinal: isFinal, from: session.memory, check: { () throws(Late) in }
      ) { wire throws(Late) in
        var frame = session.engine.sending.begin(
          opcode, isFinal: isFinal, isCompressed: true, rules: rules,
          key: session.role == .client ? session.keys.next() : nil, count: wire.byteCount)
        session.engine.sending.append(Payload(wire), to: &frame)
        session.engine.sending.rollback(frame)
        throw Late()
      }
    }
  }

  @Test(arguments: Role.all)
  func `a fragment given up leaves the message where it was, and what waits before it`(role: Role) throws {
    try withCompression(role) { (session, codec) throws in
      let part = compressible(size: 300)
      func next() throws -> [UInt8] {
        let frame = try session.peer.readFrame()
        return try codec.inflate(frame.payload, endsMessage: frame.isFinal)
      }
      try session.engine.send(.binary, Payload(part.span.bytes), keys: &session.keys, from: session.memory)
      try giveUp(session, part, .binary, isFinal: false)
      try session.sendMsg(part, opcode: .binary, final: false)
      for _ in 0..<2 { #expect(equal(try next(), part)) }
      session.engine.sending.output.acquire(from: session.memory)
      try giveUp(session, part, .continuation, isFinal: false)
      try session.sendMsg(part, opcode: .continuation, final: false)
      #expect(equal(try next(), part))
      session.engine.sending.output.acquire(from: session.memory)
      try giveUp(session, part, .continuation, isFinal: true)
      try session.sendMsg([], opcode: .continuation, final: true)
      #expect(try next() == [])
      try session.sendMsg(part, opcode: .binary)
      #expect(equal(try next(), part))
    }
  }
}
