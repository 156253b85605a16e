import Testing
import WebSocketEngine
import WebSocketProtocol
import WestwindTestSupport

/// CLOSE from the peer.
struct CloseTests {
  @Test(arguments: Role.all)
  func `Must differ: CLOSE is delivered with code and reason, answered with the code, and is the end`(
    role: Role
  ) throws {
    try withSession(role) { (session) throws in
      #expect(session.closeStatus == nil)
      session.write(Frame(closing: 1001, "grüße"))
      let (message, payload) = try session.recvMsg(maxCount: 200)
      #expect(message == ReceivedMessage(count: 9, type: [.close, .final], remaining: 0))
      #expect(message.isClose)
      #expect(payload == Frame(closing: 1001, "grüße").payload)
      let status = CloseStatus(code: .goingAway, reason: "grüße")
      #expect(session.closeStatus == status)
      let answer = try session.peer.readFrame()
      #expect(answer.unmasked == Frame(closing: 1001))
      #expect(answer.isMasked == (role == .client))
      for _ in 0..<2 {
        #expect(failure { try session.recvMsg(maxCount: 1) } == .ended)
        #expect(failure { try session.sendMsg("x") } == .refused(.afterClose))
        #expect(failure { try session.sendMsg([], opcode: .close) } == .refused(.afterClose))
      }
      #expect(session.closeStatus == status)
      #expect(session.peer.readAvailable() == [])
    }
  }

  @Test func `CLOSE without a body is answered without one`() throws {
    try withSession { (session) throws in
      session.write(Frame(.close))
      let (message, payload) = try session.recvMsg(maxCount: 200)
      #expect(message == ReceivedMessage(count: 0, type: [.close, .final], remaining: 0))
      #expect(payload == [])
      #expect(session.closeStatus == CloseStatus(code: .noStatus))
      #expect(try session.peer.readFrame().unmasked == Frame(.close))
    }
  }

  @Test(arguments: [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999])
  func `every code that may be sent is taken and echoed`(code: Int) throws {
    try withSession { (session) throws in
      let code = UInt16(code)
      session.write(Frame(closing: code, String(repeating: "r", count: 123)))
      #expect(try session.receiveMessage().payload.count == 125)
      #expect(
        session.closeStatus
          == CloseStatus(code: CloseCode(rawValue: code), reason: String(repeating: "r", count: 123)))
      #expect(try session.peer.readFrame().unmasked == Frame(closing: code))
    }
  }

  @Test func `CLOSE may be read in pieces, and is answered when it has been delivered`() throws {
    try withSession { (session) throws in
      session.write(Frame(closing: 1000, "reason"))
      for remaining in [5, 2] {
        let (message, _) = try session.recvMsg(maxCount: 3)
        #expect(message == ReceivedMessage(count: 3, type: [.close, .final], remaining: UInt64(remaining)))
      }
      #expect(session.peer.readAvailable() == [])
      #expect(try session.recvMsg(maxCount: 3).message.remaining == 0)
      #expect(try session.peer.readFrame().unmasked == Frame(closing: 1000))
    }
  }

  @Test func `what came with CLOSE in one segment can still be answered`() throws {
    try withSession { (session) throws in
      session.write(Frame(.text, "question".bytes), Frame(closing: 1000))
      #expect(try session.receiveMessage().text == "question")
      try session.sendMsg("answer")
      #expect(try session.receiveMessage().isClose)
      #expect(
        try session.peer.readFrames(2).map { $0.unmasked } == [Frame(.text, "answer".bytes), Frame(closing: 1000)])
    }
  }

  @Test func `CLOSE inside a fragmented message ends it`() throws {
    try withSession { (session) throws in
      session.write(Frame(.text, "half".bytes, isFinal: false), Frame(closing: 1001))
      #expect(try session.receiveMessage().isClose)
      #expect(failure { try session.receiveMessage() } == .ended)
    }
  }

  @Test func `what follows CLOSE on the stream is nobody's`() throws {
    try withSession { (session) throws in
      session.write(Frame(closing: 1000), Frame(.text, "late".bytes), Frame(.ping))
      #expect(try session.receiveMessage().isClose)
      #expect(failure { try session.receiveMessage() } == .ended)
      #expect(try session.peer.readFrame().opcode == .close)
      #expect(session.peer.readAvailable() == [])
    }
  }

  @Test func `CLOSE from both ends at once is two frames, one each way`() throws {
    try withSession { (session) throws in
      try session.sendMsg(Frame(closing: 4001).payload, opcode: .close)
      session.write(Frame(closing: 4002))
      #expect(try session.receiveMessage().isClose)
      #expect(session.closeStatus == CloseStatus(code: CloseCode(rawValue: 4002)))
      #expect(try Frame.all(in: session.peer.readAvailable()).map { $0.unmasked } == [Frame(closing: 4001)])
    }
  }

  @Test(arguments: Role.all)
  func `Field defect 10: the peer closes, gets the answer, and nothing more`(role: Role) throws {
    let session = Session(role)
    session.write(Frame(closing: 1000, "done"))
    #expect(try session.receiveMessage().isClose)
    session.engine.close(to: session.memory)
    #expect(try Frame.all(in: session.peer.readAvailable()).map { $0.unmasked } == [Frame(closing: 1000)])
    #expect(failure { try session.sendMsg("x") } == .refused(.afterClose))
    #expect(session.peer.readAvailable() == [])
  }
}
