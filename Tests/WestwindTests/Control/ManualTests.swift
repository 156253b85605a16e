import SystemPackage
import Testing
import WebSocketProtocol
import Westwind
import WestwindSockets

/// `controlFrames: .manual`, Zephyr's way: every control frame is delivered, and nothing is answered.
struct ManualTests {
  static let manual = options { $0.controlFrames = .manual }

  @Test(arguments: Role.all, Wire.allCases)
  func `Must differ: by option every control frame is delivered, and nothing is answered`(role: Role, wire: Wire) throws
  {
    try withSession(role, over: wire, options: Self.manual) { session in
      let frames = [
        Frame(.ping, [1, 2]), Frame(.ping), Frame(.pong, [3]), Frame(.text, "x".bytes), Frame(closing: 1000, "bye"),
      ]
      try session.peer.write(session.bytes(frames))
      let bits: [MessageType] = [.ping, .ping, .pong, .text, .close]
      for (frame, bit) in zip(frames, bits) {
        let (message, payload) = try session.ws.recvMsg(maxCount: 100, timeout: patience)
        #expect(message == ReceivedMessage(count: frame.payload.count, type: [bit, .final], remaining: 0))
        #expect(payload == frame.payload)
      }
      #expect(try session.ws.closeStatus() == CloseStatus(code: .normal, reason: "bye"))
      #expect(failure { try session.ws.recvMsg(maxCount: 100, timeout: patience) }?.errno == .socketNotConnected)
      #expect(try session.peer.readAvailable() == [])
    }
  }

  @Test func `the caller answers itself, CLOSE included`() throws {
    try withSession(options: Self.manual) { session in
      try session.write(Frame(.ping, [1]), Frame(closing: 1000))
      let (_, payload) = try session.ws.recvMsg(maxCount: 100, timeout: patience)
      try session.ws.sendMsg(payload, opcode: .pong)
      let (_, body) = try session.ws.recvMsg(maxCount: 100, timeout: patience)
      try session.ws.sendMsg(body, opcode: .close)
      #expect(failure { try session.ws.sendMsg("x") }?.errno == .socketNotConnected)
      try session.disconnect()
      try session.closeSocket()
      #expect(
        try parseFrames(session.peer.readToEnd()).frames.map { $0.unmasked } == [
          Frame(.pong, [1]), Frame(closing: 1000),
        ])
    }
  }

  @Test func `disconnecting answers a CLOSE that the caller left unanswered`() throws {
    try withSession(options: Self.manual) { session in
      try session.write(Frame(closing: 1000))
      _ = try session.ws.recvMsg(maxCount: 100, timeout: patience)
      #expect(try session.disconnect(code: .normal, timeout: .forever) == CloseStatus(code: .normal))
      #expect(try session.peer.readFrame().unmasked == Frame(closing: 1000))
    }
  }

  @Test func `the mode can be switched on the descriptor`() throws {
    try withSession { session in
      let name = WebSocketSocketOption.automaticControlFrames.rawValue
      let level = WebSocketSocketOption.level
      #expect(try session.ws.descriptor.getsockopt(level: level, name: name) == 1)
      try session.ws.descriptor.setsockopt(level: level, name: name, value: 0)
      #expect(try session.ws.descriptor.getsockopt(level: level, name: name) == 0)
      try session.write(Frame(.ping, [1]))
      #expect(try session.ws.recvMsg(maxCount: 100, timeout: patience).message.isPing)
      try session.ws.descriptor.setsockopt(level: level, name: name, value: 1)
      try session.deliver(Frame(.ping, [2]))
      #expect(failure { try session.ws.recvMsg(maxCount: 100, timeout: .milliseconds(20)) } == .wouldBlock)
      #expect(try session.peer.readFrame().unmasked == Frame(.pong, [2]))
    }
  }
}
