import SystemPackage
import Testing
import WebSocketProtocol
import Westwind
import WestwindSockets
import WestwindTestSupport

/// CLOSE from the peer.
struct CloseTests {
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
