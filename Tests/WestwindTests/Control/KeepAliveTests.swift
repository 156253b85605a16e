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

  @Test(arguments: Role.all, Wire.allCases)
  func `a missing PONG fails the connection, with an error that says so`(role: Role, wire: Wire) throws {
    let options = Self.pinging(every: .milliseconds(30), timeout: .milliseconds(100))
    try withSession(role, over: wire, options: options) { (session) throws in
      let time = elapsed {
        let error = failure { try session.ws.recvMsg(maxCount: 10, timeout: patience) }
        #expect(error == .keepAliveExpired)
        #expect(error?.errno == .timedOut)
        #expect(error?.description == "the peer did not answer a PING in time")
      }
      #expect(time >= .milliseconds(100))
      #expect(time < .seconds(15))
      #expect(try session.peer.readFrame().opcode == .ping)
      #expect(failure { try session.ws.recvMsg(maxCount: 10, timeout: patience) }?.errno == .socketNotConnected)
      #expect(failure { try session.ws.sendMsg("x") }?.errno == .socketNotConnected)
      #expect(websocketContexts().first { $0.descriptor == session.ws }?.state == .failed)
      #expect(try session.disconnect(timeout: .forever) == CloseStatus(code: .abnormal))
    }
  }

  @Test func `any PONG shows that the peer is there, also one that answers a PING of the program's own`() throws {
    try withSession(options: Self.pinging(every: .milliseconds(20), timeout: .seconds(30))) { session in
      let reader = BlockingThread { try session.ws.receiveMessage(timeout: patience).text }
      // The next PING leaves only when a PONG has come.
      for payload in [[], [1], [0xFF, 0xFF]] as [[UInt8]] {
        #expect(try session.peer.readFrame().opcode == .ping)
        try session.write(Frame(.pong, payload))
      }
      #expect(try session.peer.readFrame().opcode == .ping)
      try session.write(Frame(.text, "done".bytes))
      #expect(try reader.join() == "done")
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
      #expect(try pollsReadable(session.ws.rawValue, .immediate))
    }
  }

  @Test func `a PONG that has arrived in time counts, however late the program looks`() throws {
    let options = Self.pinging(every: .milliseconds(20), timeout: .seconds(1))
    try withSession(over: .memory, options: options) { session in
      #expect(try pollsReadable(session.ws.rawValue, patience))
      #expect(failure { try session.ws.recvMsg(maxCount: 10, timeout: .immediate) } == .wouldBlock)
      try session.write(Frame(.pong, try session.peer.readFrame().payload))
      usleep(1_100_000)  // past the time that the PONG had
      #expect(failure { try session.ws.recvMsg(maxCount: 10, timeout: .immediate) } == .wouldBlock)
    }
  }

  @Test func `the time in which a frame of the peer arrives does not count against its PONG`() throws {
    let options = Self.pinging(every: .milliseconds(100), timeout: .seconds(2))
    try withSession(options: options) { session in
      let payload = [UInt8](repeating: 7, count: 26)
      let reader = BlockingThread { try session.ws.receiveMessage(timeout: patience).binary }
      let ping = try session.peer.readFrame()
      try session.peer.write(Frame(.binary).header(claiming: 26))
      for byte in payload {
        usleep(100_000)
        try session.peer.write([byte])
      }
      try session.write(Frame(.pong, ping.payload))
      #expect(try reader.join() == payload)
    }
  }

  @Test func `without the option no PING ever leaves`() throws {
    try withSession { (session) throws in
      #expect(failure { try session.ws.recvMsg(maxCount: 10, timeout: .milliseconds(100)) } == .wouldBlock)
      #expect(try session.peer.readAvailable() == [])
    }
  }

  @Test func `in manual mode the PONG is delivered, and counts`() throws {
    let options = options {
      $0.ping = .ping(interval: .milliseconds(30), timeout: .seconds(30))
      $0.controlFrames = .manual
    }
    try withSession(options: options) { session in
      let peer = BlockingThread { try session.write(Frame(.pong, try session.peer.readFrame().payload)) }
      #expect(try session.ws.recvMsg(maxCount: 10, timeout: patience).message.type == [.pong, .final])
      try peer.join()
      let second = BlockingThread { try session.peer.readFrame().opcode }
      #expect(failure { try session.ws.recvMsg(maxCount: 10, timeout: .milliseconds(200)) } == .wouldBlock)
      #expect(try second.join() == .ping)
    }
  }
}
