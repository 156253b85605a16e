import Testing
import WebSocketEngine
import WebSocketProtocol
import WestwindTestSupport

/// What `recvMsg` says of the pieces of frames.
struct PieceTests {
  @Test(arguments: Role.all, [1, 2, 3, 199])
  func `Field defect 5: what remains is right on every piece, with a second frame behind`(role: Role, size: Int) throws
  {
    let payload = pattern(size: 200, seed: 5)
    try withSession(role) { (session) throws in
      session.write(Frame(.binary, payload), Frame(.text, "next".bytes))
      var received: [UInt8] = []
      while received.count < 200 {
        let (message, piece) = try session.recvMsg(maxCount: size)
        received += piece
        #expect(message.count == piece.count)
        #expect(piece.count == min(size, 200 - (received.count - piece.count)))
        #expect(message.type == [.binary, .final])
        #expect(message.remaining == UInt64(200 - received.count))
        #expect(message.endsMessage == (received.count == 200))
      }
      #expect(received == payload)
      let (message, next) = try session.recvMsg(maxCount: size)
      #expect(message.isText)
      #expect(message.remaining == UInt64(4 - next.count))
    }
  }

  @Test func `a buffer that the frame fills exactly ends it`() throws {
    try withSession { (session) throws in
      session.write(Frame(.binary, [1, 2, 3]), Frame(.binary, [4]))
      let (message, payload) = try session.recvMsg(maxCount: 3)
      #expect(message == ReceivedMessage(count: 3, type: [.binary, .final], remaining: 0))
      #expect(payload == [1, 2, 3])
      #expect(try session.recvMsg(maxCount: 3).payload == [4])
    }
  }

  @Test func `one call never goes across frames`() throws {
    try withSession { (session) throws in
      session.write(Frame(.binary, [1]), Frame(.binary, [2]), Frame(.binary, [3]))
      for byte in 1...3 {
        #expect(try session.recvMsg(maxCount: 100).payload == [UInt8(byte)])
      }
    }
  }

  @Test(arguments: Role.all, [.text, .binary] as [Opcode])
  func `Field defect 6: kind and final are stated on every piece of every fragment`(role: Role, kind: Opcode) throws {
    let bit: MessageType = kind == .text ? .text : .binary
    try withSession(role) { (session) throws in
      session.write(
        Frame(kind, "abc".bytes, isFinal: false), Frame(.continuation, "def".bytes, isFinal: false),
        Frame(.continuation, "ghi".bytes))
      let expected: [(String, MessageType, UInt64)] = [
        ("ab", bit, 1), ("c", bit, 0),
        ("de", [bit, .continuation], 1), ("f", [bit, .continuation], 0),
        ("gh", [bit, .continuation, .final], 1), ("i", [bit, .continuation, .final], 0),
      ]
      for (text, type, remaining) in expected {
        let (message, payload) = try session.recvMsg(maxCount: 2)
        #expect(payload.text == text)
        #expect(message == ReceivedMessage(count: text.utf8.count, type: type, remaining: remaining))
        #expect(message.isContinuation == type.contains(.continuation))
        #expect(message.endsMessage == (text == "i"))
      }
    }
  }

  @Test(arguments: Role.all)
  func `Field defect 4: a frame with no payload is one return with count 0 and nothing remaining`(role: Role) throws {
    try withSession(role, options: options { $0.answersControlFrames = false }) { (session) throws in
      session.write(
        Frame(.ping), Frame(.text), Frame(.binary, [1], isFinal: false), Frame(.continuation), Frame(.pong),
        Frame(.text, "behind".bytes))
      for (type, count) in [
        ([.ping, .final], 0), ([.text, .final], 0), ([.binary], 1), ([.binary, .continuation, .final], 0),
        ([.pong, .final], 0), ([.text, .final], 6),
      ] as [(MessageType, Int)] {
        let (message, _) = try session.recvMsg(maxCount: 10)
        #expect(message == ReceivedMessage(count: count, type: type, remaining: 0))
      }
      #expect(failure { try session.recvMsg(maxCount: 10) } == .wouldBlock)
    }
  }

  @Test(arguments: Role.all, [0, 1, 124, 125, 126, 127, 65534, 65535, 65536, 65537])
  func `Field defect 14: a frame of a length at an edge comes and goes whole`(role: Role, length: Int) throws {
    let payload = pattern(size: length, seed: 14)
    try withSession(role) { (session) throws in
      session.write(Frame(.binary, payload))
      let message = try session.receiveMessage()
      #expect(equal(message.payload, payload))
      #expect(try session.sendMsg(payload) == length)
      let frame = try session.peer.readFrame()
      #expect(equal(frame.payload, payload))
      #expect(frame.opcode == .binary && frame.isFinal && frame.isMasked == (role == .client))
    }
  }

  @Test(arguments: [1 << 32, (1 << 32) + 1, (1 << 63) - 1] as [UInt64])
  func `Field defect 14: a length past 32 bits remains whole`(length: UInt64) throws {
    try withSession { (session) throws in
      session.peer.write(Frame(.binary).header(claiming: length) + [1, 2, 3])
      let (message, payload) = try session.recvMsg(maxCount: 3)
      #expect(payload == [1, 2, 3])
      #expect(message.remaining == length - 3)
      #expect(try session.peekMsg().remaining == length - 3)
    }
  }

  @Test func `large frames, masked and not, come whole into buffers of any size`() throws {
    let payload = pattern(size: 300_000, seed: 7)
    for role in Role.all {
      for size in [1000, 32_768, 65_536, 65_537, 150_000, 300_000, 400_000] {
        try withSession(role) { (session) throws in
          session.write(Frame(.binary, payload), Frame(.text, "behind".bytes))
          var received: [UInt8] = []
          repeat {
            let (message, piece) = try session.recvMsg(maxCount: size)
            received += piece
            #expect(message.remaining == UInt64(300_000 - received.count))
            #expect(piece.count == size || received.count == 300_000)
          } while received.count < 300_000
          #expect(difference(received, payload) == nil)
          #expect(try session.receiveMessage().text == "behind")
        }
      }
    }
  }
}
