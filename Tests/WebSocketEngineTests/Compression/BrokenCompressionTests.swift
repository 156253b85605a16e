import PerMessageDeflate
import Testing
import WebSocketEngine
import WebSocketProtocol
import WestwindTestSupport

/// Compressed payload that is not what it says, or more than is wanted.
struct BrokenCompressionTests {
  @Test(
    arguments: [
      [0xFF, 0xFF],  // a block of a kind that there is none of
      [0x00, 0x05, 0x00, 0x00, 0x00],  // a stored block's length and its complement do not agree
      [0x62],  // ends inside a block
      [0x02, 0x00, 0x00, 0x00, 0xFF],  // ends inside the trailer's block
      [],
    ] as [[UInt8]], Role.all)
  func `payload that does not inflate fails the connection with 1007`(payload: [UInt8], role: Role) throws {
    try withCompression(role) { (session, codec) throws in
      try session.write(
        codec.frame(.text, "before".bytes), Frame(.binary, payload, reservedBits: FrameHeader.rsv1),
        codec.frame(.text, "never".bytes))
      #expect(try session.receiveMessage().text == "before")
      let error = failure { try session.receiveMessage() }
      #expect(error == .violation(.notInflatable))
      #expect(try session.peer.readFrame().closeCode == 1007)
      #expect(failure { try session.receiveMessage() } == .ended)
    }
  }

  @Test func `a reference beyond the window that was agreed on fails the connection`() throws {
    let far = pattern(size: 3000, seed: 2)
    try withCompression(.client, .init(serverMaxWindowBits: 9)) { (session, _) throws in
      // The peer compresses with more than it has said.
      let codec = PeerCodec(.client, .init())
      try session.write(codec.frame(.binary, far))
      #expect(equal(try session.receiveMessage().payload, far))
      try session.write(codec.frame(.binary, far))
      #expect(failure { try session.receiveMessage() } == .violation(.notInflatable))
    }
  }

  @Test(arguments: Role.all, [1, 100, 65536, 100_000])
  func `a message of exactly the limit is taken, and of one byte more is refused with 1009`(
    role: Role, limit: Int
  ) throws {
    try withCompression(role, options: { $0.maxMessageSize = limit }) { (session, codec) throws in
      for payload in [compressible(size: limit), pattern(size: limit, seed: 1)] {
        try session.write(codec.frame(.binary, payload))
        #expect(equal(try session.receiveMessage().payload, payload))
        try session.write(
          codec.frame(.binary, Array(payload.dropLast()), isFinal: false),
          codec.frame(.continuation, Array(payload.suffix(1))))
        #expect(equal(try session.receiveMessage().payload, payload))
      }
      try session.write(codec.frame(.binary, compressible(size: limit + 1)))
      let error = failure { try session.recvMsg(maxCount: 10) }
      #expect(error == .messageTooBig(limit: limit))
      #expect(try session.peer.readFrame().closeCode == 1009)
    }
  }

  @Test func `the limit is the message's, however many frames it is in`() throws {
    try withCompression(options: { $0.maxMessageSize = 1000 }) { (session, codec) throws in
      try session.write(codec.frame(.binary, compressible(size: 600), isFinal: false))
      #expect(try session.recvMsg(maxCount: 1000).payload.count == 600)
      try session.write(codec.frame(.continuation, compressible(size: 401)))
      #expect(failure { try session.recvMsg(maxCount: 10) } == .messageTooBig(limit: 1000))
    }
  }

  /// Of a message that is arriving the limit is no less than what has arrived: the next byte is too many.
  @Test(arguments: [0, 599, 600, 1000])
  func `a limit that is changed in the middle of a message holds from there on`(limit: Int) throws {
    try withCompression(options: { $0.maxMessageSize = 1 << 20 }) { (session, codec) throws in
      try session.write(codec.frame(.binary, compressible(size: 600), isFinal: false))
      #expect(try session.recvMsg(maxCount: 1000).payload.count == 600)
      session.engine.receiving.setMessageLimit(limit)
      try session.write(codec.frame(.continuation, compressible(size: max(600, limit) - 600 + 1)))
      #expect(failure { try session.recvMsg(maxCount: 10) } == .messageTooBig(limit: max(600, limit)))
      #expect(try session.peer.readFrame().closeCode == 1009)
    }
  }

  @Test func `a smaller limit of one call is told with 1009 too`() throws {
    try withCompression { (session, codec) throws in
      try session.write(codec.frame(.binary, compressible(size: 2000)))
      #expect(
        failure { try session.receiveMessage(maxSize: 1999) } == .messageTooBig(limit: 1999))
      #expect(try session.peer.readFrame().closeCode == 1009)
    }
  }

  @Test(arguments: [true, false])
  func `a bomb of a GiB in a MiB is stopped at the limit, in time and in memory`(isText: Bool) async {
    await #expect(processExitsWith: .success) { [isText = isText as Bool] in
      let limit = 1_000_000
      // The peer's memory is taken before it is measured.
      let bomb = try zeros(gibibytes: 1, isText ? .text : .binary)
      try #require(bomb.payload.count < 1 << 21)
      // Code takes its pages when it runs for the first time, some MB of them in a debug build: a small bomb does that.
      try withCompression(options: { $0.maxMessageSize = 1000 }) { (session, codec) throws in
        try session.write(codec.frame(isText ? .text : .binary, [UInt8](repeating: 0, count: 100_000)))
        #expect(failure { try session.recvMsg(maxCount: 10) } == .messageTooBig(limit: 1000))
        #expect(try session.peer.readFrame().closeCode == 1009)
      }
      try withCompression(options: { $0.maxMessageSize = limit }) { (session, _) throws in
        session.segment = 65536
        session.write(bomb)
        let before = try peakMemory()
        #expect(failure { try session.recvMsg(maxCount: 10) } == .messageTooBig(limit: limit))
        #expect(session.memory.peak < 2 * limit)
        // A sanitizer keeps what is freed, and memory of its own beside it. What has not arrived is the peer's, and may be
        // copied once when its beginning is taken off.
        let growth = try peakMemory() - before - bomb.payload.count
        #expect(growth < 4 * limit || hasSanitizer, "\(growth) bytes")
        #expect(try session.peer.readFrame().closeCode == 1009)
      }
    }
  }
}

/// A frame that inflates to so many GiB of zeros: a run of whole blocks that refer to themselves, again and again.
private func zeros(gibibytes: Int, _ opcode: Opcode) throws -> Frame {
  let codec = PeerCodec(.client, .init(), level: 9)
  let piece = [UInt8](repeating: 0, count: 1 << 20)
  let first = try codec.frame(opcode, piece, isFinal: false).payload
  // From the second on the block is the same each time: it refers to the zeros before it.
  let next = try codec.frame(.continuation, piece, isFinal: false).payload
  var payload = first
  for _ in 1..<(gibibytes << 10) { payload += next }
  return Frame(opcode, payload + [0], reservedBits: FrameHeader.rsv1)
}
