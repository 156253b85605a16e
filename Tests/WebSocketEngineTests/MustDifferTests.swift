import Testing
import WebSocketEngine
import WebSocketProtocol
import WestwindTestSupport

/// What in Zephyr's API is a known defect, and is not to be so here. Each sentence of that list has a test; some are in
/// the suites of the calls they are about.
struct MustDifferTests {
  @Test(arguments: Role.all)
  func `Must differ: type and remaining are written on every return with bytes, also after a timeout's partial read`(
    role: Role
  ) throws {
    try withSession(role) { (session) throws in
      let bytes = session.bytes(Frame(.binary, [1, 2, 3, 4, 5, 6]))
      session.peer.write(Array(bytes.dropLast(4)))
      let partial = try session.recvMsg(maxCount: 100).message
      #expect(partial == ReceivedMessage(count: 2, type: [.binary, .final], remaining: 4))
      session.peer.write(Array(bytes.suffix(4)))
      let full = try session.recvMsg(maxCount: 3).message
      #expect(full == ReceivedMessage(count: 3, type: [.binary, .final], remaining: 1))
      let last = try session.recvMsg(maxCount: 3).message
      #expect(last == ReceivedMessage(count: 1, type: [.binary, .final], remaining: 0))
    }
  }

  @Test func `Must differ: PING and CLOSE are answered`() throws {
    try withSession { (session) throws in
      session.write(Frame(.ping, [1]), Frame(closing: 1000))
      #expect(try session.recvMsg(maxCount: 10).message.isClose)
      #expect(try session.peer.readFrames(2).map { $0.unmasked } == [Frame(.pong, [1]), Frame(closing: 1000)])
    }
  }

  @Test func `Must differ: a continuation has a flag of its own, and keeps the kind of its message`() throws {
    try withSession { (session) throws in
      session.write(Frame(.text, isFinal: false), Frame(.continuation, isFinal: false), Frame(.continuation))
      let types = try (0..<3).map { _ in try session.recvMsg(maxCount: 1).message.type }
      #expect(types == [[.text], [.text, .continuation], [.text, .continuation, .final]])
      #expect(types.map { $0.rawValue } == [0x02, 0x42, 0x43])
    }
  }

  @Test(arguments: Role.all)
  func `Must differ: an empty message is told from the end of the stream`(role: Role) throws {
    try withSession(role) { (session) throws in
      session.write(Frame(.text))
      session.peer.close()
      #expect(
        try session.recvMsg(maxCount: 10).message == ReceivedMessage(count: 0, type: [.text, .final], remaining: 0))
      #expect(failure { try session.recvMsg(maxCount: 10) } == .ended)
    }
    // A plain recv has only the one 0, so there the empty frame is passed over.
    try withSession(role) { (session) throws in
      session.write(Frame(.text), Frame(.text, "x".bytes))
      #expect(try session.recv(maxCount: 10).text == "x")
    }
  }
}
