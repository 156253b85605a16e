import Testing
import WebSocketEngine
import WebSocketProtocol
import WestwindTestSupport

/// The automatic answer to PING.
struct PongTests {
  /// Lets the connection see to its affairs; there is no data for it.
  func receiveNothing(_ session: Session, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(
      failure { try session.recvMsg(maxCount: 10) } == .wouldBlock,
      sourceLocation: sourceLocation)
  }

  @Test(arguments: Role.all)
  func `PING is answered with its payload, and is not delivered`(role: Role) throws {
    try withSession(role) { (session) throws in
      for size in [0, 1, 124, 125] {
        let payload = pattern(size: size, seed: UInt64(size))
        session.write(Frame(.ping, payload))
        receiveNothing(session)
        let pong = try session.peer.readFrame()
        #expect(pong.unmasked == Frame(.pong, payload))
        #expect(pong.isMasked == (role == .client))
      }
      session.write(Frame(.ping, [1]), Frame(.text, "x".bytes))
      #expect(try session.receiveMessage().text == "x")
      #expect(try session.peer.readFrame().unmasked == Frame(.pong, [1]))
    }
  }

  @Test func `PONG is noted and not delivered, whether asked for or not`() throws {
    try withSession { (session) throws in
      session.write(Frame(.pong), Frame(.pong, [1, 2]), Frame(.text, "x".bytes))
      #expect(try session.receiveMessage().text == "x")
      #expect(session.peer.readAvailable() == [])
    }
  }
}
