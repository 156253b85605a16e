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

  /// A frame of 4 MiB, to a peer with little room that reads a MiB in 250 ms, and answers PING when it gets to it. That is long
  /// after the PONG was due: it cannot leave inside the frame.
  @Test(arguments: Role.all)
  func `an upload of this side's own does not count against the PONG`(role: Role) throws {
    let (socket, other) = try tcpPair(capacity: 64 << 10)
    let options = Self.pinging(every: .milliseconds(100), timeout: .milliseconds(250))
    let count = 4 << 20
    try withSession(role, socket, RawPeer(socket: other, opposite: socket), options: options) { session in
      let reader = BlockingThread { try session.ws.receiveMessage(timeout: patience).text }
      let sender = BlockingThread {
        try session.ws.sendMsg([UInt8](repeating: 7, count: count), opcode: .binary, timeout: patience)
      }
      // A PING may be in front of the frame.
      var frame = try readHeader(of: session)
      while frame.opcode != .binary { frame = try readHeader(of: session) }
      #expect(Int(frame.payloadLength) == count)
      for _ in 0..<64 {
        _ = try session.peer.read(count / 64)
        usleep(15_000)
      }
      #expect(try sender.join() == count)
      let ping = try session.peer.readFrame()
      #expect(ping.opcode == .ping)
      try session.write(Frame(.pong, ping.payload), Frame(.text, "fine".bytes))
      #expect(try reader.join() == "fine")
    }
  }

  /// - Returns: the next data frame's header, whose payload is not read; a PING is answered.
  private func readHeader(of session: Session) throws -> FrameHeader {
    var bytes: [UInt8] = []
    while true {
      bytes += try session.peer.read(1)
      var index = 0
      guard let header = try FrameHeader.read(bytes.span, from: &index) else { continue }
      if header.opcode == .ping { try session.write(Frame(.pong, try session.peer.read(Int(header.payloadLength)))) }
      return header
    }
  }

  @Test(arguments: Role.all)
  func `a peer that stops reading in the midst of an upload is given up`(role: Role) throws {
    let (socket, other) = try tcpPair(capacity: 64 << 10)
    let options = Self.pinging(every: .milliseconds(100), timeout: .milliseconds(200))
    try withSession(role, socket, RawPeer(socket: other, opposite: socket), options: options) { (session) throws in
      let reader = BlockingThread { failure { try session.ws.receiveMessage(timeout: patience) } }
      let sender = BlockingThread {
        failure { try session.ws.sendMsg([UInt8](repeating: 7, count: 16 << 20), opcode: .binary, timeout: patience) }
      }
      #expect(try reader.join() == .keepAliveExpired)
      #expect(try sender.join() != nil)
    }
  }

  @Test func `a PING that waits for a thread of this process does not count against the peer`() throws {
    let options = Self.pinging(every: .milliseconds(50), timeout: .milliseconds(100))
    try withSession(options: options) { session in
      let reader = BlockingThread { try session.ws.receiveMessage(timeout: patience).text }
      // The sending side is taken for longer than the PONG may need, by a body that does something else.
      _ = try session.ws.withBatch { _ in usleep(600_000) }
      let ping = try session.peer.readFrame()
      #expect(ping.opcode == .ping)
      try session.write(Frame(.pong, ping.payload), Frame(.text, "fine".bytes))
      #expect(try reader.join() == "fine")
    }
  }

  @Test func `a peer whose frames come one by one is there, although its PONG is behind them`() throws {
    let options = Self.pinging(every: .milliseconds(50), timeout: .milliseconds(300))
    try withSession(options: options) { session in
      let reader = BlockingThread {
        var count = 0
        while try session.ws.receiveMessage(timeout: patience).text != "end" { count += 1 }
        return count
      }
      for _ in 0..<20 {
        usleep(50_000)
        try session.write(Frame(.text, "x".bytes))
      }
      let ping = try session.peer.readFrame()
      #expect(ping.opcode == .ping)
      try session.write(Frame(.pong, ping.payload), Frame(.text, "end".bytes))
      #expect(try reader.join() == 20)
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
