import Glibc
import SystemPackage
import Testing
import WebSocketProtocol
import Westwind
import WestwindSockets
import WestwindTestSupport

/// PING frames of the connection's own.
struct KeepAliveTests {
  static func pinging(every interval: Duration, timeout: Duration) -> WebSocketOptions {
    options { $0.ping = .ping(interval: interval, timeout: timeout) }
  }

  @Test(arguments: Role.all, Wire.allCases)
  func `PINGs leave on the interval while a thread is blocked in receiving, and answered ones keep the connection`(
    role: Role, wire: Wire
  ) throws {
    let options = Self.pinging(every: .milliseconds(20), timeout: .seconds(30))
    try withSession(role, over: wire, options: options) { session in
      let reader = BlockingThread { try session.ws.receiveMessage(timeout: patience).text }
      var payloads: Set<[UInt8]> = []
      let time = try elapsed {
        for _ in 0..<5 {
          let ping = try session.peer.readFrame()
          #expect(ping.opcode == .ping)
          #expect(ping.isMasked == (role == .client))
          payloads.insert(ping.payload)
          try session.write(Frame(.pong, ping.payload))
        }
      }
      #expect(payloads.count == 5)
      #expect(time >= .milliseconds(80))
      try session.write(Frame(.text, "still here".bytes))
      #expect(try reader.join() == "still here")
    }
  }

  @Test func `a program that polls finds the descriptor readable when a PING is due, and receiving sends it`() throws {
    try withSession(options: Self.pinging(every: .milliseconds(50), timeout: .seconds(60))) { session in
      var answered = 0
      while answered < 3 {
        // For a PING that is due, or the PONG that has come, which is no message.
        #expect(try pollsReadable(session.ws.rawValue, patience))
        #expect(failure { try session.ws.recvMsg(maxCount: 10, timeout: .immediate) } == .wouldBlock)
        guard try session.peer.socket.poll(for: .readable, timeout: .milliseconds(200)) == .readable else { continue }
        let ping = try session.peer.readFrame()
        #expect(ping.opcode == .ping)
        try session.write(Frame(.pong, ping.payload))
        answered += 1
      }
    }
  }

  @Test func `a program that polls finds out about a missing PONG too`() throws {
    let options = Self.pinging(every: .milliseconds(30), timeout: .milliseconds(60))
    try withSession(.server, over: .memory, options: options) { (session) throws in
      var error: WebSocketError?
      for _ in 0..<1000 where error == nil || error == .wouldBlock {
        #expect(try pollsReadable(session.ws.rawValue, patience))
        error = failure { try session.ws.recvMsg(maxCount: 10, timeout: .immediate) }
      }
      #expect(error == .keepAliveExpired)
      #expect(error?.errno == .timedOut)
      #expect(error?.description == "the peer did not answer a PING in time")
      #expect(try pollsReadable(session.ws.rawValue, .immediate))
      #expect(failure { try session.ws.recvMsg(maxCount: 10, timeout: patience) }?.errno == .socketNotConnected)
      #expect(failure { try session.ws.sendMsg("x") }?.errno == .socketNotConnected)
      #expect(websocketContexts().first { $0.descriptor == session.ws }?.state == .failed)
      #expect(try session.disconnect(timeout: .forever) == CloseStatus(code: .abnormal))
    }
  }

  @Test func `what had come of a frame is delivered before the missing PONG is told`() throws {
    let options = Self.pinging(every: .milliseconds(30), timeout: .milliseconds(60))
    let header = Frame(.binary, []).header(claiming: 10)
    try withSession(.client, over: .memory, options: options) { (session) throws in
      try session.peer.write(header + [1, 2, 3, 4, 5, 6])
      let lent = try session.ws.withReceivedFrame(timeout: patience) { frame, bytes in
        [UInt8(frame.count), UInt8(frame.remaining)] + bytes.array
      }
      #expect(lent == [6, 4, 1, 2, 3, 4, 5, 6])
      #expect(failure { try session.ws.recvMsg(maxCount: 10, timeout: patience) } == .keepAliveExpired)
    }
    try withSession(.client, over: .memory, options: options) { (session) throws in
      try session.peer.write(header + [1, 2, 3])
      let read = try session.ws.descriptor.recv(maxCount: 10, flags: [.peek, .waitForAll], timeout: patience)
      #expect(read == [1, 2, 3])
      #expect(try session.ws.recvMsg(maxCount: 10, timeout: patience).payload == [1, 2, 3])
      #expect(failure { try session.ws.recvMsg(maxCount: 10, timeout: patience) } == .keepAliveExpired)
    }
  }
}
