import PerMessageDeflate
import Testing
import WebSocketEngine
import WebSocketProtocol
import WestwindTestSupport

/// RSV1 says that a message is compressed, on its first frame and nowhere else (RFC 7692 6).
struct CompressedReservedBitTests {
  private static let rsv1 = FrameHeader.rsv1

  @Test(
    arguments: [
      (Frame(.ping, [1], reservedBits: rsv1), rsv1), (Frame(.pong, reservedBits: rsv1), rsv1),
      (Frame(.close, reservedBits: rsv1), rsv1), (Frame(.text, [0], reservedBits: rsv1 | 2), rsv1 | 2),
      (Frame(.binary, [0], reservedBits: 2), 2), (Frame(.binary, [0], reservedBits: 1), 1),
    ] as [(Frame, UInt8)], Role.all)
  func `another reserved bit, or RSV1 on a control frame, breaks the protocol`(
    refused: (frame: Frame, bits: UInt8), role: Role
  ) throws {
    try withCompression(role) { (session, _) throws in
      session.write(refused.frame)
      #expect(
        failure { try session.receiveMessage() } == .violation(.reservedBits(refused.bits)))
      #expect(try session.peer.readFrame().closeCode == 1002)
    }
  }

  @Test(arguments: [true, false])
  func `RSV1 on a continuation breaks the protocol, whatever the message is`(isCompressed: Bool) throws {
    try withCompression { (session, codec) throws in
      let first = try codec.frame(.binary, [1, 2, 3], isFinal: false)
      session.write(
        isCompressed ? first : Frame(.binary, [1, 2, 3], isFinal: false),
        Frame(.continuation, [0], reservedBits: Self.rsv1))
      #expect(try session.recvMsg(maxCount: 10).payload == [1, 2, 3])
      #expect(
        failure { try session.recvMsg(maxCount: 10) }
          == .violation(.reservedBits(Self.rsv1)))
    }
  }

  @Test func `without agreement RSV1 breaks the protocol`() throws {
    try withSession { (session) throws in
      session.write(Frame(.binary, [0], reservedBits: Self.rsv1))
      #expect(
        failure { try session.recvMsg(maxCount: 10) }
          == .violation(.reservedBits(Self.rsv1)))
      #expect(try session.peer.readFrame().closeCode == 1002)
    }
  }

  @Test(arguments: Role.all)
  func `messages without RSV1 are as they are, between compressed ones`(role: Role) throws {
    try withCompression(role) { (session, codec) throws in
      for number in 0..<6 {
        let payload = compressible(size: 1000, seed: number)
        try session.write(number % 2 == 0 ? codec.frame(.binary, payload) : Frame(.binary, payload))
        #expect(equal(try session.receiveMessage().payload, payload))
      }
    }
  }

  @Test(arguments: Role.all)
  func `frames that are sent have RSV1 on the first of a compressed message only, and never on control frames`(
    role: Role
  ) throws {
    try withCompression(role) { (session, codec) throws in
      try session.sendMsg("abc", final: false)
      try session.sendMsg([7], opcode: .ping)
      try session.sendMsg("def".bytes, opcode: .continuation, final: false)
      try session.sendMsg([], opcode: .pong)
      try session.sendMsg("ghi".bytes, opcode: .continuation)
      let frames = try session.peer.readFrames(5)
      #expect(frames.map { $0.reservedBits } == [Self.rsv1, 0, 0, 0, 0])
      #expect(frames.map { $0.opcode } == [.text, .ping, .continuation, .pong, .continuation])
      #expect(frames[1].payload == [7] && frames[3].payload == [])
      let parts = [frames[0], frames[2], frames[4]]
      #expect(try parts.map { try codec.inflate($0.payload, endsMessage: $0.isFinal).text } == ["abc", "def", "ghi"])
      #expect(parts.allSatisfy { $0.isMasked == (role == .client) })
    }
  }
}
