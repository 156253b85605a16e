import SystemPackage
import Testing
import WebSocketProtocol
import Westwind

/// `peekMsg`: what the next receive will deliver of.
struct PeekTests {
  @Test(arguments: Role.all)
  func `it says type and remaining, and takes nothing`(role: Role) throws {
    try withSession(role) { session in
      try session.write(Frame(.text, "hello".bytes, isFinal: false), Frame(.continuation, []))
      for _ in 0..<3 {
        #expect(
          try session.ws.peekMsg(timeout: patience) == ReceivedMessage(count: 0, type: [.text], remaining: 5))
      }
      _ = try session.ws.recvMsg(maxCount: 2, timeout: patience)
      #expect(try session.ws.peekMsg(timeout: .immediate).remaining == 3)
      #expect(try session.ws.recvMsg(maxCount: 10, timeout: .immediate).payload.text == "llo")
      #expect(
        try session.ws.peekMsg(timeout: patience)
          == ReceivedMessage(count: 0, type: [.text, .continuation, .final], remaining: 0))
      #expect(try session.ws.recvMsg(maxCount: 10, timeout: .immediate).message.endsMessage)
      #expect(failure { try session.ws.peekMsg(timeout: .immediate) } == .wouldBlock)
    }
  }

  @Test func `it knows a frame's length before any payload has come`() throws {
    try withSession { session in
      try session.peer.write(Frame(.binary).header(claiming: 1_000_000))
      #expect(
        try session.ws.peekMsg(timeout: patience)
          == ReceivedMessage(count: 0, type: [.binary, .final], remaining: 1_000_000))
      #expect(failure { try session.ws.recvMsg(maxCount: 10, timeout: .immediate) } == .wouldBlock)
    }
  }

  @Test func `it sees control frames as they will be delivered`() throws {
    try withSession(options: options { $0.controlFrames = .manual }) { session in
      try session.write(Frame(.ping, [1, 2, 3]), Frame(closing: 1000, "x"))
      #expect(
        try session.ws.peekMsg(timeout: patience) == ReceivedMessage(count: 0, type: [.ping, .final], remaining: 3))
      #expect(try session.ws.recvMsg(maxCount: 2, timeout: patience).message.remaining == 1)
      #expect(try session.ws.peekMsg(timeout: patience).remaining == 1)
      #expect(try session.ws.recvMsg(maxCount: 2, timeout: patience).payload == [3])
      #expect(
        try session.ws.peekMsg(timeout: patience) == ReceivedMessage(count: 0, type: [.close, .final], remaining: 3))
    }
  }

  @Test func `its errors are those of receiving`() throws {
    try withSession { session in
      try session.write(Frame(.continuation))
      #expect(failure { try session.ws.peekMsg(timeout: patience) } == .protocolViolation(.continuationWithoutMessage))
      #expect(failure { try session.ws.peekMsg(timeout: patience) }?.errno == .socketNotConnected)
    }
    try withSession { session in
      session.peer.close()
      #expect(failure { try session.ws.peekMsg(timeout: patience) }?.errno == .socketNotConnected)
    }
  }
}
