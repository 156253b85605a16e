import Testing
import WebSocketProtocol
import Westwind
import WestwindSockets
import WestwindTestSupport

/// Streams in segments that have nothing to do with frames.
struct SegmentTests {
  @Test(arguments: Role.all, Wire.allCases)
  func `Field defect 2: two frames of one segment are read one after the other without waiting`(
    role: Role, wire: Wire
  ) throws {
    try withSession(role, over: wire) { session in
      try session.write(Frame(.text, "one".bytes), Frame(.text, "two".bytes))
      #expect(try session.ws.recvMsg(maxCount: 100, timeout: patience).payload.text == "one")
      #expect(try session.ws.recvMsg(maxCount: 100, timeout: .immediate).payload.text == "two")
      #expect(failure { try session.ws.recvMsg(maxCount: 100, timeout: .immediate) } == .wouldBlock)
    }
  }

  @Test func `Field defect 3: the descriptor polls readable while a frame waits in our buffer, and only then`() throws {
    try withSession { session in
      func isReadable(_ timeout: Timeout = .immediate) throws -> Bool {
        // The number itself, as poll(2) sees it.
        try pollsReadable(session.ws.rawValue, timeout)
      }
      #expect(try !isReadable())
      try session.write(Frame(.text, "one".bytes), Frame(.text, "two".bytes), Frame(.text, "three".bytes))
      #expect(try isReadable(patience))
      _ = try session.ws.recvMsg(maxCount: 100, timeout: patience)
      // The socket below is empty now; two frames wait above it.
      #expect(try session.socket.poll(for: .readable, timeout: .immediate) == [])
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

  @Test(arguments: Role.all)
  func `Field defect 13: control frames inside a fragmented message leave it whole`(role: Role) throws {
    let frames = [
      Frame(.text, [0xC3], isFinal: false), Frame(.ping, "p".bytes), Frame(.continuation, [0xA4], isFinal: false),
      Frame(.pong, [1]), Frame(.continuation, "!".bytes),
    ]
    try withSession(role) { session in
      // In one segment, and byte by byte.
      try session.peer.write(session.bytes(frames))
      #expect(try session.ws.receiveMessage(timeout: patience).text == "ä!")
      let reader = BlockingThread { try session.ws.receiveMessage(timeout: patience).text }
      for byte in session.bytes(frames) {
        try session.peer.write([byte])
        try session.peer.waitUntilTaken()
      }
      #expect(try reader.join() == "ä!")
      #expect(try session.peer.readFrames(2).map { $0.unmasked } == [Frame(.pong, "p".bytes), Frame(.pong, "p".bytes)])
    }
  }

  @Test(arguments: Role.all)
  func `a whole session may be split at every byte`(role: Role) throws {
    let frames = [
      Frame(.text, "grüße".bytes), Frame(.ping, [1, 2, 3]), Frame(.binary, pattern(size: 130, seed: 1), isFinal: false),
      Frame(.continuation, [9]), Frame(.text), Frame(closing: 3000, "ende"),
    ]
    let stream = frames.map { $0.masked(role == .server ? .sample : nil) }.bytes
    for position in 0...stream.count {
      try withSession(role, over: .memory) { session in
        let reader = BlockingThread {
          try (0..<4).map { _ in try session.ws.receiveMessage(timeout: patience) }
        }
        try session.peer.write(Array(stream[..<position]))
        try session.peer.waitUntilTaken()
        try session.peer.write(Array(stream[position...]))
        let messages = try reader.join()
        #expect(messages[0].text == "grüße")
        #expect(messages[1].binary == pattern(size: 130, seed: 1) + [9])
        #expect(messages[2].text == "")
        #expect(messages[3].isClose)
        #expect(try session.ws.closeStatus() == CloseStatus(code: CloseCode(rawValue: 3000), reason: "ende"))
      }
    }
  }
}
