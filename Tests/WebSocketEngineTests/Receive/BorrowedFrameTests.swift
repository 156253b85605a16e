import Testing
import WebSocketEngine
import WebSocketProtocol
import WestwindTestSupport

/// Payload lent where it is, in the input.
struct BorrowedFrameTests {
  @Test(arguments: Role.all)
  func `a frame larger than the buffer comes in pieces that fill it`(role: Role) throws {
    let payload = pattern(size: 10_000, seed: 4)
    try withSession(role, options: options { $0.input = 4096 }) { (session) throws in
      session.write(Frame(.binary, payload), Frame(.text, "behind".bytes))
      var received: [UInt8] = []
      for _ in 0..<3 {
        let left = 10_000 - received.count
        let remaining = try session.withReceivedFrame { frame, bytes in
          received += bytes.array
          // A header's room comes on top of the buffer.
          #expect(frame.count >= min(4096, left))
          return frame.remaining
        }
        #expect(remaining == UInt64(10_000 - received.count))
      }
      #expect(difference(received, payload) == nil)
      #expect(try session.receiveMessage().text == "behind")
    }
  }

  @Test func `where the time is over with part of a frame there, that part is lent`() throws {
    try withSession { (session) throws in
      session.peer.write(Frame(.text).header(claiming: 10) + "hello".bytes)
      try session.withReceivedFrame { frame, bytes in
        #expect(frame == ReceivedMessage(count: 5, type: [.text, .final], remaining: 5))
        #expect(bytes.array.text == "hello")
      }
      #expect(failure { try session.withReceivedFrame { _, _ in } } == .wouldBlock)
      session.peer.write("world")
      try session.withReceivedFrame { frame, bytes in
        #expect(frame == ReceivedMessage(count: 5, type: [.text, .final], remaining: 0))
        #expect(bytes.array.text == "world")
      }
    }
  }

  @Test func `behind a partial recvMsg it lends the rest of the frame`() throws {
    try withSession(.server) { (session) throws in
      session.write(Frame(.binary, [1, 2, 3, 4, 5]))
      #expect(try session.recvMsg(maxCount: 2).payload == [1, 2])
      try session.withReceivedFrame { frame, bytes in
        #expect(frame == ReceivedMessage(count: 3, type: [.binary, .final], remaining: 0))
        #expect(bytes.array == [3, 4, 5])
      }
    }
  }

  @Test func `CLOSE is lent too, and behind it is the end`() throws {
    try withSession { (session) throws in
      session.write(Frame(closing: 1000, "bye"))
      try session.withReceivedFrame { frame, bytes in
        #expect(frame == ReceivedMessage(count: 5, type: [.close, .final], remaining: 0))
        #expect(bytes.array == Frame(closing: 1000, "bye").payload)
      }
      #expect(failure { try session.withReceivedFrame { _, _ in } } == .ended)
    }
  }

  @Test func `text that is not UTF-8 is never lent`() throws {
    try withSession { (session) throws in
      session.write(Frame(.text, [0x61, 0xFF]))
      let error = failure { try session.withReceivedFrame { _, _ in Issue.record("lent") } }
      #expect(error == .violation(.textNotUTF8))
      #expect(try session.peer.readFrame().closeCode == 1007)
    }
  }

  @Test func `a stream that ends inside a frame: what came is lent, then ENOTCONN`() throws {
    try withSession { (session) throws in
      session.peer.write(Frame(.binary).header(claiming: 10) + [1, 2])
      session.peer.close()
      try session.withReceivedFrame { frame, bytes in
        #expect(frame == ReceivedMessage(count: 2, type: [.binary, .final], remaining: 8))
      }
      #expect(failure { try session.withReceivedFrame { _, _ in } } == .ended)
    }
  }
}
