import Testing
import WebSocketEngine
import WebSocketProtocol
import WestwindTestSupport

/// Streams in segments that have nothing to do with frames.
struct SegmentTests {
  @Test(arguments: Role.all)
  func `Field defect 2: two frames of one segment are read one after the other without waiting`(
    role: Role
  ) throws {
    try withSession(role) { (session) throws in
      session.write(Frame(.text, "one".bytes), Frame(.text, "two".bytes))
      #expect(try session.recvMsg(maxCount: 100).payload.text == "one")
      #expect(try session.recvMsg(maxCount: 100).payload.text == "two")
      #expect(failure { try session.recvMsg(maxCount: 100) } == .wouldBlock)
    }
  }

  @Test(arguments: Role.all)
  func `Field defect 13: control frames inside a fragmented message leave it whole`(role: Role) throws {
    let frames = [
      Frame(.text, [0xC3], isFinal: false), Frame(.ping, "p".bytes), Frame(.continuation, [0xA4], isFinal: false),
      Frame(.pong, [1]), Frame(.continuation, "!".bytes),
    ]
    try withSession(role) { (session) throws in
      // In one segment, and byte by byte.
      session.peer.write(session.bytes(frames))
      #expect(try session.receiveMessage().text == "ä!")
      let bytes = session.bytes(frames)
      for byte in bytes.dropLast() {
        session.peer.write([byte])
        #expect(failure { try session.receiveMessage() } == .wouldBlock)
      }
      session.peer.write([bytes.last!])
      #expect(try session.receiveMessage().text == "ä!")
      #expect(try session.peer.readFrames(2).map { $0.unmasked } == [Frame(.pong, "p".bytes), Frame(.pong, "p".bytes)])
    }
  }

  @Test(arguments: Role.all)
  func `a whole session may be split at every byte`(role: Role) throws {
    let frames = [
      Frame(.text, "grüße".bytes), Frame(.ping, [1, 2, 3]), Frame(.binary, pattern(size: 130, seed: 1), isFinal: false),
      Frame(.continuation, [9]), Frame(.text), Frame(closing: 3000, "ende"),
    ]
    let stream = frames.map { $0.masked(role == .server ? Frame.sampleKey : nil) }.bytes
    for position in 0...stream.count {
      try withSession(role) { (session) throws in
        session.peer.write(Array(stream[..<position]))
        var messages: [Message] = []
        while let message = try? session.receiveMessage() { messages.append(message) }
        session.peer.write(Array(stream[position...]))
        while messages.count < 4 { messages.append(try session.receiveMessage()) }
        #expect(messages[0].text == "grüße")
        #expect(messages[1].payload == pattern(size: 130, seed: 1) + [9])
        #expect(messages[2].text == "")
        #expect(messages[3].isClose)
        #expect(session.closeStatus == CloseStatus(code: CloseCode(rawValue: 3000), reason: "ende"))
      }
    }
  }
}
