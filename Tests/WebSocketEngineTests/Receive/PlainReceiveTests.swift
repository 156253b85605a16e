import Testing
import WebSocketEngine
import WebSocketProtocol
import WestwindTestSupport

/// Payload as a plain `recv` takes it: of data frames only, and nothing at the end.
struct PlainReceiveTests {
  @Test(arguments: Role.all)
  func `it gives the payload of data frames, and passes over control frames and empty ones`(role: Role) throws {
    try withSession(role) { (session) throws in
      session.write(
        Frame(.ping, "ping".bytes), Frame(.text), Frame(.pong, "pong".bytes), Frame(.text, "one".bytes, isFinal: false),
        Frame(.continuation, isFinal: false), Frame(.ping, "!".bytes), Frame(.continuation, "two".bytes),
        Frame(.binary, [1, 2]))
      #expect(try session.recv(maxCount: 100).text == "one")
      #expect(try session.recv(maxCount: 2).text == "tw")
      #expect(try session.recv(maxCount: 100).text == "o")
      #expect(try session.recv(maxCount: 100) == [1, 2])
      #expect(failure { try session.recv(maxCount: 100) } == .wouldBlock)
      #expect(
        try session.peer.readFrames(2).map { $0.unmasked } == [Frame(.pong, "ping".bytes), Frame(.pong, "!".bytes)])
    }
  }

  @Test(arguments: Role.all)
  func `in manual mode too the bodies of control frames are no data`(role: Role) throws {
    try withSession(role, options: options { $0.answersControlFrames = false }) { (session) throws in
      session.write(Frame(.ping, "ping".bytes), Frame(.text, "data".bytes), Frame(closing: 1000, "reason"))
      #expect(try session.recv(maxCount: 100).text == "data")
      #expect(try session.recv(maxCount: 100) == [])
      #expect(session.peer.readAvailable() == [])
    }
  }

  @Test(arguments: Role.all, [Frame(closing: 1000, "bye"), Frame(.close)])
  func `it returns nothing at CLOSE, and from then on`(role: Role, close: Frame) throws {
    try withSession(role) { (session) throws in
      session.write(Frame(.text, "x".bytes), close)
      #expect(try session.recv(maxCount: 100).text == "x")
      for _ in 0..<3 { #expect(try session.recv(maxCount: 100) == []) }
      #expect(session.closeStatus?.code == (close.payload.isEmpty ? .noStatus : .normal))
      #expect(try Frame.all(in: session.peer.readAvailable()).map { $0.opcode } == [.close])
    }
  }

  @Test func `a violation is an error, not the end, and then it is the end`() throws {
    try withSession { (session) throws in
      session.write(Frame(.continuation))
      #expect(failure { try session.recv(maxCount: 100) } == .violation(.continuationWithoutMessage))
      #expect(try session.recv(maxCount: 100) == [])
    }
  }

  @Test(arguments: Role.all)
  func `it returns with what is there of a frame`(role: Role) throws {
    try withSession(role) { (session) throws in
      let bytes = session.bytes(Frame(.binary, [UInt8](1...100)))
      session.peer.write(Array(bytes.dropLast(97)))
      #expect(try session.recv(maxCount: 100) == [1, 2, 3])
      session.peer.write([bytes[bytes.count - 97]])
      #expect(try session.recv(maxCount: 100) == [4])
      #expect(failure { try session.recv(maxCount: 100) } == .wouldBlock)
    }
  }
}
