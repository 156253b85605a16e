import SystemPackage
import Testing
import WebSocketProtocol
import Westwind
import WestwindSockets
import WestwindTestSupport

/// CLOSE from the peer.
struct CloseTests {
  @Test(arguments: Role.all, Wire.allCases)
  func `Must differ: CLOSE is delivered with code and reason, answered with the code, and is the end`(
    role: Role, wire: Wire
  ) throws {
    try withSession(role, over: wire) { session in
      #expect(try session.ws.closeStatus() == nil)
      try session.write(Frame(closing: 1001, "grüße"))
      let (message, payload) = try session.ws.recvMsg(maxCount: 200, timeout: patience)
      #expect(message == ReceivedMessage(count: 9, type: [.close, .final], remaining: 0))
      #expect(message.isClose)
      #expect(payload == Frame(closing: 1001, "grüße").payload)
      let status = CloseStatus(code: .goingAway, reason: "grüße")
      #expect(try session.ws.closeStatus() == status)
      let answer = try session.peer.readFrame()
      #expect(answer.unmasked == Frame(closing: 1001))
      #expect(answer.isMasked == (role == .client))
      for _ in 0..<2 {
        #expect(failure { try session.ws.recvMsg(maxCount: 1, timeout: patience) } == .notConnected(status))
        #expect(failure { try session.ws.sendMsg("x") } == .notConnected(status))
        #expect(failure { try session.ws.sendMsg([], opcode: .close) } == .notConnected(status))
      }
      #expect(try session.disconnect(code: .goingAway) == status)
      try session.closeSocket()
      #expect(try session.peer.readToEnd() == [])
    }
  }

  @Test func `CLOSE without a body is answered without one`() throws {
    try withSession { session in
      try session.write(Frame(.close))
      let (message, payload) = try session.ws.recvMsg(maxCount: 200, timeout: patience)
      #expect(message == ReceivedMessage(count: 0, type: [.close, .final], remaining: 0))
      #expect(payload == [])
      #expect(try session.ws.closeStatus() == CloseStatus(code: .noStatus))
      #expect(try session.peer.readFrame().unmasked == Frame(.close))
    }
  }

  @Test(arguments: [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999])
  func `every code that may be sent is taken and echoed`(code: Int) throws {
    try withSession { session in
      let code = UInt16(code)
      try session.write(Frame(closing: code, String(repeating: "r", count: 123)))
      let status = CloseStatus(code: CloseCode(rawValue: code), reason: String(repeating: "r", count: 123))
      #expect(try session.ws.receiveMessage(timeout: patience) == .close(status))
      #expect(try session.ws.closeStatus() == status)
      #expect(try session.peer.readFrame().unmasked == Frame(closing: code))
    }
  }

  @Test func `CLOSE may be read in pieces, and is answered when it has been delivered`() throws {
    try withSession { session in
      try session.write(Frame(closing: 1000, "reason"))
      for remaining in [5, 2] {
        let (message, _) = try session.ws.recvMsg(maxCount: 3, timeout: patience)
        #expect(message == ReceivedMessage(count: 3, type: [.close, .final], remaining: UInt64(remaining)))
      }
      #expect(try session.peer.readAvailable() == [])
      #expect(try session.ws.recvMsg(maxCount: 3, timeout: patience).message.remaining == 0)
      #expect(try session.peer.readFrame().unmasked == Frame(closing: 1000))
    }
  }

  @Test func `what came with CLOSE in one segment can still be answered`() throws {
    try withSession { session in
      try session.write(Frame(.text, "question".bytes), Frame(closing: 1000))
      #expect(try session.ws.receiveMessage(timeout: patience).text == "question")
      try session.ws.sendMsg("answer")
      #expect(try session.ws.receiveMessage(timeout: .immediate).isClose)
      #expect(
        try session.peer.readFrames(2).map { $0.unmasked } == [Frame(.text, "answer".bytes), Frame(closing: 1000)])
    }
  }

  @Test func `CLOSE inside a fragmented message ends it`() throws {
    try withSession { session in
      try session.write(Frame(.text, "half".bytes, isFinal: false), Frame(closing: 1001))
      #expect(try session.ws.receiveMessage(timeout: patience).isClose)
      #expect(failure { try session.ws.receiveMessage(timeout: patience) }?.errno == .socketNotConnected)
    }
  }

  @Test func `what follows CLOSE on the stream is nobody's`() throws {
    try withSession { session in
      try session.write(Frame(closing: 1000), Frame(.text, "late".bytes), Frame(.ping))
      #expect(try session.ws.receiveMessage(timeout: patience).isClose)
      #expect(failure { try session.ws.receiveMessage(timeout: patience) }?.errno == .socketNotConnected)
      #expect(try session.peer.readFrame().opcode == .close)
      try session.disconnect()
      try session.closeSocket()
      #expect(try session.peer.readToEnd() == [])
    }
  }

  @Test func `Field defect 10: the peer closes, gets the answer, and then the end of the stream`() throws {
    try withSession { session in
      try session.write(Frame(closing: 1000, "done"))
      #expect(try session.ws.receiveMessage(timeout: patience).isClose)
      try session.disconnect()
      try session.closeSocket()
      #expect(try parseFrames(session.peer.readToEnd()).frames.map { $0.unmasked } == [Frame(closing: 1000)])
    }
  }

  @Test func `Field defect 10: the peer is silent, and the wait for its CLOSE is over at the timeout`() throws {
    try withSession { session in
      let time = try elapsed { () throws in
        #expect(try session.disconnect(timeout: .milliseconds(100)) == CloseStatus(code: .abnormal))
      }
      #expect(time >= .milliseconds(100))
      #expect(time < .seconds(15))
      #expect(try session.peer.readFrame().opcode == .close)
    }
  }

  @Test func `CLOSE from both ends at once is two frames, one each way`() throws {
    try withSession { session in
      try session.ws.sendMsg(Frame(closing: 4001).payload, opcode: .close)
      try session.write(Frame(closing: 4002))
      #expect(try session.ws.receiveMessage(timeout: patience).isClose)
      #expect(try session.disconnect() == CloseStatus(code: CloseCode(rawValue: 4002)))
      try session.closeSocket()
      #expect(try parseFrames(session.peer.readToEnd()).frames.map { $0.unmasked } == [Frame(closing: 4001)])
    }
  }

  @Test func `the descriptor polls readable from CLOSE on`() throws {
    try withSession { session in
      try session.write(Frame(closing: 1000))
      #expect(try pollsReadable(session.ws.rawValue, patience))
      _ = try session.ws.receiveMessage(timeout: patience)
      #expect(try pollsReadable(session.ws.rawValue, .immediate))
      #expect(failure { try session.ws.receiveMessage() }?.errno == .socketNotConnected)
      #expect(try pollsReadable(session.ws.rawValue, .immediate))
    }
  }
}
