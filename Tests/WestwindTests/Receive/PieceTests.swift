import Testing
import WebSocketProtocol
import Westwind
import WestwindTestSupport

/// What `recvMsg` says of the pieces of frames.
struct PieceTests {
  @Test func `a buffer without room is EINVAL, and takes nothing`() throws {
    try withSession { session in
      try session.write(Frame(.text, "here".bytes))
      #expect(failure { try session.ws.recvMsg(maxCount: 0, timeout: patience) } == .invalidArgument(.emptyBuffer))
      #expect(try session.ws.receiveMessage(timeout: patience).text == "here")
    }
  }
}
