import SystemPackage
import Testing
import WebSocketProtocol
import Westwind
import WestwindSockets
import WestwindTestSupport

/// CLOSE from the peer, and the mode in which it is the caller's to answer.
struct CloseTests {
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
      try session.write(Frame(closing: 4000, "off – später"))
      #expect(try pollsReadable(session.ws.rawValue, patience))
      let status = CloseStatus(code: CloseCode(rawValue: 4000), reason: "off – später")
      #expect(try session.ws.receiveMessage(timeout: patience) == .close(status))
      #expect(try pollsReadable(session.ws.rawValue, .immediate))
      #expect(failure { try session.ws.receiveMessage() } == .notConnected(status))
      #expect(try pollsReadable(session.ws.rawValue, .immediate))
    }
  }

  /// Zephyr's way: every control frame is delivered, and nothing is answered.
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
