import Testing
import WebSocketProtocol
import Westwind
import WestwindSockets
import WestwindTestSupport

/// Streams in segments that have nothing to do with frames.
struct SegmentTests {
  @Test func `Must differ, field defect 3: the kernel's descriptor polls readable while a frame waits, and only then`()
    throws
  {
    try withSession { session in
      func isReadable(_ timeout: Timeout = .immediate) throws -> Bool {
        // The number itself, as poll(2) sees it.
        try pollsReadable(session.ws.rawValue, timeout)
      }
      // It is one number among the process's others.
      #expect(openDescriptors()[session.ws.rawValue] == "anon_inode:[eventpoll]")
      #expect(try !isReadable())
      try session.write(Frame(.text, "one".bytes), Frame(.text, "two".bytes), Frame(.text, "three".bytes))
      #expect(try isReadable(patience))
      _ = try session.ws.recvMsg(maxCount: 100, timeout: patience)
      // The socket below is empty now; two frames wait above it.
      #expect(try !pollsReadable(session.socket.rawValue, .immediate))
      #expect(try isReadable())
      _ = try session.ws.recvMsg(maxCount: 1, timeout: .immediate)
      #expect(try isReadable())
      _ = try session.ws.recvMsg(maxCount: 100, timeout: .immediate)
      #expect(try isReadable())
      _ = try session.ws.recvMsg(maxCount: 100, timeout: .immediate)
      #expect(try !isReadable())
    }
  }

  @Test func `Field defect 3: half a header in our buffer does not poll readable`() throws {
    try withSession { session in
      try session.peer.write(Frame(.text, "one".bytes).bytes + [0x81])
      _ = try session.ws.recvMsg(maxCount: 100, timeout: patience)
      #expect(try !pollsReadable(session.ws.rawValue, .immediate))
      try session.peer.write([0x01, 0x61])
      #expect(try pollsReadable(session.ws.rawValue, patience))
      #expect(try session.ws.recvMsg(maxCount: 100, timeout: .immediate).payload == [0x61])
    }
  }
}
