import SystemPackage
import Testing
import WebSocketProtocol
import Westwind
import WestwindSockets

/// `controlFrames: .manual`, Zephyr's way: every control frame is delivered, and nothing is answered.
struct ManualTests {
  static let manual = options { $0.controlFrames = .manual }

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
