import Testing
import WebSocketEngine
import WebSocketProtocol
import WestwindTestSupport

/// Messages sent in fragments.
struct FragmentTests {
  @Test(arguments: Role.all)
  func `control frames may go between the fragments of a message`(role: Role) throws {
    try withSession(role) { (session) throws in
      try session.sendMsg("gr".bytes + [0xC3], opcode: .text, final: false)
      try session.sendMsg("p".bytes, opcode: .ping)
      // One of the connection's own, too.
      session.write(Frame(.ping, "q".bytes))
      #expect(failure { try session.recvMsg(maxCount: 10) } == .wouldBlock)
      try session.sendMsg([0xBC, 0xC3], opcode: .continuation, final: false)
      try session.sendMsg([], opcode: .continuation, final: false)
      try session.sendMsg([0x9F], opcode: .continuation)
      #expect(
        try session.peer.readFrames(6).map { $0.unmasked } == [
          Frame(.text, "gr".bytes + [0xC3], isFinal: false), Frame(.ping, "p".bytes), Frame(.pong, "q".bytes),
          Frame(.continuation, [0xBC, 0xC3], isFinal: false), Frame(.continuation, isFinal: false),
          Frame(.continuation, [0x9F]),
        ])
    }
  }

  @Test func `sendMsg returns the payload's bytes, none for an empty frame`() throws {
    try withSession { (session) throws in
      #expect(try session.sendMsg("grüße") == 7)
      #expect(try session.sendMsg([]) == 0)
      #expect(try session.sendMsg([], opcode: .ping) == 0)
    }
  }
}
