import SystemPackage
import Testing
import WebSocketProtocol
import Westwind
import WestwindTestSupport

/// Receiving that runs out of time.
struct ReceiveTimeoutTests {
  @Test(arguments: Role.all, Wire.allCases)
  func `Field defect 12: a timeout harms nothing; what comes afterwards is received`(role: Role, wire: Wire) throws {
    try withSession(role, over: wire) { session in
      for _ in 0..<3 {
        let error = failure { try session.ws.recvMsg(maxCount: 10, timeout: .milliseconds(10)) }
        #expect(error == .wouldBlock)
        #expect(error?.errno == .wouldBlock)
      }
      try session.write(Frame(.text, "late".bytes))
      #expect(try session.ws.receiveMessage(timeout: patience).text == "late")
      try session.ws.sendMsg("and back")
      #expect(try session.peer.readFrame().payload.text == "and back")
    }
  }

  @Test func `it takes its time, and not much more`() throws {
    try withSession { session in
      let time = elapsed {
        #expect(failure { try session.ws.recvMsg(maxCount: 10, timeout: .milliseconds(100)) } == .wouldBlock)
      }
      #expect(time >= .milliseconds(100))
      #expect(time < .seconds(15))
    }
  }

  @Test(arguments: Role.all)
  func `Field defect 19: no call that runs out of time drops what it had`(role: Role) throws {
    try withSession(role, over: .memory) { session in
      let calls: [(WebSocketDescriptor) throws -> [UInt8]] = [
        { ws in try ws.receiveMessage(timeout: .immediate).text?.bytes ?? [] },
        { ws in try ws.recvMsg(maxCount: 100, timeout: .immediate).payload },
        { ws in try ws.withReceivedFrame(timeout: .immediate) { _, bytes in bytes.array } },
        { ws in
          var lent: [UInt8] = []
          _ = try ws.withReceivedFrames(timeout: .immediate) { _, bytes in lent += bytes.array }
          return lent
        },
        { ws in try ws.descriptor.recv(maxCount: 100, timeout: .immediate) },
        { ws in
          _ = try ws.peekMsg(timeout: .immediate)
          return []
        },
      ]
      let text = "grüße".bytes
      for call in calls {
        var received: [UInt8] = []
        for byte in session.bytes(Frame(.text, text)) {
          try session.peer.write([byte])
          received += (try? call(session.ws)) ?? []
        }
        if received.isEmpty { received = try session.ws.receiveMessage(timeout: .immediate).text?.bytes ?? [] }
        #expect(received == text)
      }
    }
  }

  @Test func `a connection reset by the peer is the network's error, then ENOTCONN`() throws {
    try withSession { session in
      try session.ws.sendMsg("never read")
      // What arrived unread at a socket that is closed makes the kernel answer with a reset.
      #expect(try session.peer.socket.poll(for: .readable, timeout: patience) == .readable)
      session.peer.close()
      let error = failure { try session.ws.recvMsg(maxCount: 10, timeout: patience) }
      #expect(error == .connectionLost(.connectionReset))
      #expect(error?.errno == .connectionReset)
      #expect(failure { try session.ws.recvMsg(maxCount: 10, timeout: patience) }?.errno == .socketNotConnected)
      let context = websocketContexts().first { $0.descriptor == session.ws }
      #expect(context?.state == .failed)
    }
  }
}
