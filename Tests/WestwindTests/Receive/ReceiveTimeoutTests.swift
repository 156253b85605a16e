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

  @Test(arguments: Role.all, Wire.allCases)
  func `a piece cut by the timeout has its type and what remains`(role: Role, wire: Wire) throws {
    try withSession(role, over: wire) { session in
      let bytes = session.bytes(Frame(.text, "hello".bytes, isFinal: false), Frame(.continuation, "world".bytes))
      let end = bytes.count - 3
      try session.peer.deliver(Array(bytes[..<end]))
      #expect(
        try session.ws.recvMsg(maxCount: 100, timeout: .milliseconds(50)).message
          == ReceivedMessage(count: 5, type: [.text], remaining: 0))
      let (message, payload) = try session.ws.recvMsg(maxCount: 100, timeout: .milliseconds(50))
      #expect(message == ReceivedMessage(count: 2, type: [.text, .continuation, .final], remaining: 3))
      #expect(payload.text == "wo")
      #expect(failure { try session.ws.recvMsg(maxCount: 100, timeout: .milliseconds(10)) } == .wouldBlock)
      try session.peer.write(Array(bytes[end...]))
      let (rest, last) = try session.ws.recvMsg(maxCount: 100, timeout: patience)
      #expect(rest == ReceivedMessage(count: 3, type: [.text, .continuation, .final], remaining: 0))
      #expect(last.text == "rld")
    }
  }

  @Test(arguments: Role.all)
  func `Field defect 12: the stream may pause at every byte, with a timeout in each pause`(role: Role) throws {
    try withSession(role, over: .memory) { session in
      let bytes = session.bytes(Frame(.text, "grüße".bytes), Frame(.ping, [1]), Frame(.binary, [1, 2], isFinal: false))
      var text: [UInt8] = []
      var binary: [UInt8] = []
      for byte in bytes {
        try session.peer.write([byte])
        guard let (message, payload) = try? session.ws.recvMsg(maxCount: 100, timeout: .immediate) else { continue }
        if message.isText { text += payload } else { binary += payload }
      }
      #expect(text.text == "grüße")
      #expect(binary == [1, 2])
      #expect(try session.peer.readFrame().unmasked == Frame(.pong, [1]))
    }
  }

  @Test(arguments: Role.all)
  func `Field defect 19: no call that runs out of time drops what it had`(role: Role) throws {
    try withSession(role, over: .memory) { session in
      let calls: [(WebSocketDescriptor) throws -> [UInt8]] = [
        { ws in try ws.receiveMessage(timeout: .immediate).text?.bytes ?? [] },
        { ws in try ws.recvMsg(maxCount: 100, timeout: .immediate).payload },
        { ws in try ws.withReceivedFrame(timeout: .immediate) { _, bytes in bytes.array } },
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

  @Test func `large payload straight into the caller's memory is cut by the timeout just so`() throws {
    let payload = pattern(size: 200_000, seed: 3)
    try withSession(over: .memory) { session in
      let bytes = Frame(.binary, payload).bytes
      try session.peer.write(Array(bytes.prefix(10 + 120_000)))
      let (message, first) = try session.ws.recvMsg(maxCount: 200_000, timeout: .milliseconds(20))
      #expect(message == ReceivedMessage(count: 120_000, type: [.binary, .final], remaining: 80_000))
      try session.peer.write(Array(bytes.dropFirst(10 + 120_000)))
      let (rest, second) = try session.ws.recvMsg(maxCount: 200_000, timeout: patience)
      #expect(rest == ReceivedMessage(count: 80_000, type: [.binary, .final], remaining: 0))
      #expect(difference(first + second, payload) == nil)
    }
  }

  @Test func `a stream that ends inside a frame gives what came, then ENOTCONN`() throws {
    try withSession { session in
      try session.peer.write(Array(Frame(.binary, [1, 2, 3, 4]).bytes.dropLast(2)))
      session.peer.close()
      let (message, payload) = try session.ws.recvMsg(maxCount: 10, timeout: patience)
      #expect(message == ReceivedMessage(count: 2, type: [.binary, .final], remaining: 2))
      #expect(payload == [1, 2])
      for _ in 0..<2 {
        let error = failure { try session.ws.recvMsg(maxCount: 10, timeout: patience) }
        #expect(error == .notConnected(CloseStatus(code: .abnormal)))
        #expect(error?.errno == .socketNotConnected)
      }
    }
  }

  @Test(arguments: Wire.allCases)
  func `the end of the stream is ENOTCONN, at once and again`(wire: Wire) throws {
    try withSession(over: wire) { (session) throws in
      session.peer.close()
      for _ in 0..<2 {
        #expect(
          failure { try session.ws.recvMsg(maxCount: 10, timeout: patience) }
            == .notConnected(CloseStatus(code: .abnormal)))
      }
      #expect(try session.ws.closeStatus() == CloseStatus(code: .abnormal))
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
