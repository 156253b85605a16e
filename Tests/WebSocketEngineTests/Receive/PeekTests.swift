import Testing
import WebSocketEngine
import WebSocketProtocol
import WestwindTestSupport

/// `peekMsg`: what the next receive will deliver of.
struct PeekTests {
  @Test(arguments: Role.all)
  func `it says type and remaining, and takes nothing`(role: Role) throws {
    try withSession(role) { (session) throws in
      session.write(Frame(.text, "hello".bytes, isFinal: false), Frame(.continuation, []))
      for _ in 0..<3 {
        #expect(
          try session.peekMsg() == ReceivedMessage(count: 0, type: [.text], remaining: 5))
      }
      _ = try session.recvMsg(maxCount: 2)
      #expect(try session.peekMsg().remaining == 3)
      #expect(try session.recvMsg(maxCount: 10).payload.text == "llo")
      #expect(
        try session.peekMsg()
          == ReceivedMessage(count: 0, type: [.text, .continuation, .final], remaining: 0))
      #expect(try session.recvMsg(maxCount: 10).message.endsMessage)
      #expect(failure { try session.peekMsg() } == .wouldBlock)
    }
  }

  @Test func `it knows a frame's length before any payload has come`() throws {
    try withSession { (session) throws in
      session.peer.write(Frame(.binary).header(claiming: 1_000_000))
      #expect(
        try session.peekMsg()
          == ReceivedMessage(count: 0, type: [.binary, .final], remaining: 1_000_000))
      #expect(failure { try session.recvMsg(maxCount: 10) } == .wouldBlock)
    }
  }

  @Test func `it sees control frames as they will be delivered`() throws {
    try withSession(options: options { $0.answersControlFrames = false }) { (session) throws in
      session.write(Frame(.ping, [1, 2, 3]), Frame(closing: 1000, "x"))
      #expect(
        try session.peekMsg() == ReceivedMessage(count: 0, type: [.ping, .final], remaining: 3))
      #expect(try session.recvMsg(maxCount: 2).message.remaining == 1)
      #expect(try session.peekMsg().remaining == 1)
      #expect(try session.recvMsg(maxCount: 2).payload == [3])
      #expect(
        try session.peekMsg() == ReceivedMessage(count: 0, type: [.close, .final], remaining: 3))
    }
  }

  @Test func `its errors are those of receiving`() throws {
    try withSession { (session) throws in
      session.write(Frame(.continuation))
      #expect(failure { try session.peekMsg() } == .violation(.continuationWithoutMessage))
      #expect(failure { try session.peekMsg() } == .ended)
    }
    try withSession { (session) throws in
      session.peer.close()
      #expect(failure { try session.peekMsg() } == .ended)
    }
  }
}
