import Testing
import WebSocketEngine
import WebSocketProtocol
import WestwindTestSupport

/// `answersControlFrames` off, Zephyr's way: every control frame is delivered, and nothing is answered.
struct ManualTests {
  @Test(arguments: Role.all)
  func `Must differ: by option every control frame is delivered, and nothing is answered`(role: Role) throws {
    try withSession(role, options: options { $0.answersControlFrames = false }) { (session) throws in
      let frames = [
        Frame(.ping, [1, 2]), Frame(.ping), Frame(.pong, [3]), Frame(.text, "x".bytes), Frame(closing: 1000, "bye"),
      ]
      session.peer.write(session.bytes(frames))
      let bits: [MessageType] = [.ping, .ping, .pong, .text, .close]
      for (frame, bit) in zip(frames, bits) {
        let (message, payload) = try session.recvMsg(maxCount: 100)
        #expect(message == ReceivedMessage(count: frame.payload.count, type: [bit, .final], remaining: 0))
        #expect(payload == frame.payload)
      }
      #expect(session.closeStatus == CloseStatus(code: .normal, reason: "bye"))
      #expect(failure { try session.recvMsg(maxCount: 100) } == .ended)
      #expect(session.peer.readAvailable() == [])
    }
  }

  @Test func `the caller answers itself, CLOSE included`() throws {
    try withSession(options: options { $0.answersControlFrames = false }) { (session) throws in
      session.write(Frame(.ping, [1]), Frame(closing: 1000))
      let (_, payload) = try session.recvMsg(maxCount: 100)
      try session.sendMsg(payload, opcode: .pong)
      let (_, body) = try session.recvMsg(maxCount: 100)
      try session.sendMsg(body, opcode: .close)
      #expect(failure { try session.sendMsg("x") } == .refused(.afterClose))
      #expect(
        try Frame.all(in: session.peer.readAvailable()).map { $0.unmasked } == [
          Frame(.pong, [1]), Frame(closing: 1000),
        ])
    }
  }
}
