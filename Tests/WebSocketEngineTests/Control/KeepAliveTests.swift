import Testing
import WebSocketEngine
import WebSocketProtocol
import WestwindTestSupport

/// PING frames of the connection's own, by a clock that the test moves.
struct KeepAliveTests {
  /// PING every 1000 ns; the PONG may take 300.
  static let times = KeepAliveTimes(interval: 1000, timeout: 300)

  private func withKeepAlive(
    _ role: Role = .client, manual: Bool = false, from now: Int64 = 0, _ body: (Session) throws -> Void
  ) throws {
    let options = options {
      $0.keepAlive = Self.times
      $0.answersControlFrames = !manual
    }
    try body(Session(role, options, now: now))
  }

  /// Looks at the connection at a moment; there is no data for it.
  private func look(
    _ session: Session, at now: Int64, _ expected: CallError = .wouldBlock,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    session.now = now
    #expect(failure { try session.recvMsg(maxCount: 10) } == expected, "at \(now)", sourceLocation: sourceLocation)
  }

  @Test(arguments: Role.all)
  func `a PING is due after the interval, and not before`(role: Role) throws {
    try withKeepAlive(role, from: 5000) { (session) throws in
      #expect(session.engine.receiving.keepAliveDeadline == 6000)
      look(session, at: 5999)
      #expect(session.peer.readAvailable() == [])
      look(session, at: 6000)
      let ping = try session.peer.readFrame()
      #expect(ping.unmasked == Frame(.ping, [0, 0, 0, 1]))
      #expect(ping.isMasked == (role == .client))
      #expect(session.engine.receiving.keepAliveDeadline == 6300)
    }
  }

  @Test func `no PING leaves twice, however often the engine is asked`() throws {
    try withKeepAlive { (session) throws in
      for _ in 0..<5 { look(session, at: 1000) }
      for now in stride(from: Int64(1001), to: 1300, by: 50) { look(session, at: now) }
      #expect((try? Frame.all(in: session.peer.readAvailable()).count) == 1)
    }
  }

  @Test(arguments: Role.all)
  func `PINGs leave on the interval, each with another payload, while they are answered`(role: Role) throws {
    try withKeepAlive(role) { (session) throws in
      var payloads: Set<[UInt8]> = []
      for round in 1...5 as ClosedRange<Int64> {
        look(session, at: 1000 * round - 1)
        #expect(session.peer.readAvailable() == [])
        look(session, at: 1000 * round)
        let ping = try session.peer.readFrame()
        #expect(ping.opcode == .ping)
        payloads.insert(ping.payload)
        session.write(Frame(.pong, ping.payload))
        look(session, at: 1000 * round + 299)
      }
      #expect(payloads.count == 5)
      session.write(Frame(.text, "still here".bytes))
      #expect(try session.receiveMessage().text == "still here")
    }
  }

  @Test(arguments: [[], [1], [0xFF, 0xFF], [0, 0, 0, 9]] as [[UInt8]])
  func `any PONG shows that the peer is there, also one that answers a PING of the program's own`(payload: [UInt8])
    throws
  {
    try withKeepAlive { (session) throws in
      look(session, at: 1000)
      session.write(Frame(.pong, payload))
      look(session, at: 1299)
      #expect(session.engine.receiving.keepAliveDeadline == 2000)
      look(session, at: 1999)
    }
  }

  @Test(arguments: Role.all)
  func `a missing PONG fails the connection, with an error that says so`(role: Role) throws {
    try withKeepAlive(role) { (session) throws in
      look(session, at: 1000)
      look(session, at: 1299)
      look(session, at: 1300, .keepAliveExpired)
      look(session, at: 1301, .ended)
      #expect(session.engine.state.phase == .failed)
      #expect(failure { try session.sendMsg("x") } == .refused(.afterClose))
      // Only the PING has left: there is nobody to say more to.
      #expect(try Frame.all(in: session.peer.readAvailable()).map { $0.opcode } == [.ping])
    }
  }

  @Test func `a PONG that has arrived in time counts, however late the program looks`() throws {
    try withKeepAlive { (session) throws in
      look(session, at: 1000)
      session.write(Frame(.pong))
      look(session, at: 1900)
      look(session, at: 90_000)
      look(session, at: 90_299)
      look(session, at: 90_300, .keepAliveExpired)
    }
  }

  @Test func `the time in which a frame of the peer arrives does not count against its PONG`() throws {
    try withKeepAlive { (session) throws in
      look(session, at: 1000)
      session.peer.write(Frame(.binary).header(claiming: 10))
      session.now = 1200
      #expect(failure { try session.recvMsg(maxCount: 10) } == .wouldBlock)
      var received: [UInt8] = []
      for byte in 0..<10 as Range<UInt8> {
        session.now += 250
        session.peer.write([byte])
        received += try session.recvMsg(maxCount: 10).payload
      }
      #expect(received == [UInt8](0..<10))
      // The PONG had 300 from the last byte on.
      look(session, at: session.now + 299)
      session.write(Frame(.pong))
      look(session, at: session.now + 1000)
    }
  }

  @Test func `a peer that stops inside a frame is given up`() throws {
    try withKeepAlive { (session) throws in
      look(session, at: 1000)
      session.peer.write(Frame(.binary).header(claiming: 10))
      look(session, at: 1100)
      session.peer.write([1])
      session.now = 1200
      #expect((try? session.recvMsg(maxCount: 10).payload) == [1])
      look(session, at: 1499)
      look(session, at: 1500, .keepAliveExpired)
    }
  }

  @Test func `bytes of the peer begin the time of its PONG again: it may be behind them`() throws {
    try withKeepAlive { (session) throws in
      look(session, at: 1000)
      session.now = 1200
      session.write(Frame(.text, "a".bytes), Frame(.ping, [1]))
      #expect((try? session.receiveMessage().text) == "a")
      look(session, at: 1499)
      look(session, at: 1500, .keepAliveExpired)
    }
  }

  @Test func `an owner that sees other signs of life begins the time of the PONG again`() throws {
    try withKeepAlive { (session) throws in
      look(session, at: 1000)
      let isOverdue = [1299, 1300].map { session.engine.receiving.isPongOverdue(at: $0) }
      #expect(isOverdue == [false, true])
      session.engine.receiving.noteLife(at: 1300)
      #expect(session.engine.receiving.keepAliveDeadline == 1600)
      look(session, at: 1599)
      look(session, at: 1600, .keepAliveExpired)
    }
  }

  @Test func `without the option no PING ever leaves`() {
    let session = Session(.client)
    #expect(session.engine.receiving.keepAliveDeadline == nil)
    #expect(session.engine.receiving.hasKeepAlive == false)
    look(session, at: .max)
    #expect(session.peer.readAvailable() == [])
  }

  @Test func `in manual mode the PONG is delivered, and counts`() throws {
    try withKeepAlive(manual: true) { (session) throws in
      look(session, at: 1000)
      session.write(Frame(.pong, try session.peer.readFrame().payload))
      #expect(try session.recvMsg(maxCount: 10).message.type == [.pong, .final])
      look(session, at: 1999)
      #expect(session.peer.readAvailable() == [])
      look(session, at: 2000)
      #expect(try session.peer.readFrame().opcode == .ping)
    }
  }

  @Test func `a PING that is due leaves before the answer to one of the peer's, and both leave`() throws {
    try withKeepAlive { (session) throws in
      session.write(Frame(.ping, [9]))
      look(session, at: 1000)
      #expect(
        try session.peer.readFrames(2).map { $0.unmasked } == [Frame(.ping, [0, 0, 0, 1]), Frame(.pong, [9])])
    }
  }

  @Test func `times beyond the clock's end are never due`() {
    let session = Session(
      .client, options { $0.keepAlive = KeepAliveTimes(interval: .max, timeout: .max) }, now: 1 << 62)
    #expect(session.engine.receiving.keepAliveDeadline == .max)
    look(session, at: .max - 1)
    #expect(session.peer.readAvailable() == [])
  }

  @Test func `behind CLOSE no PING is sent, and none is missed`() throws {
    try withKeepAlive { (session) throws in
      try session.sendMsg([], opcode: .close)
      _ = try session.peer.readFrame()
      for now in stride(from: Int64(900), to: 5000, by: 100) { look(session, at: now) }
      #expect(session.peer.readAvailable() == [])
      #expect(session.engine.receiving.keepAliveDeadline == nil)
      session.write(Frame(.binary, [1]))
      #expect(try session.recvMsg(maxCount: 10).payload == [1])
    }
  }

  @Test func `keep alive can be set, changed and ended while the connection is open`() throws {
    let session = Session(.client, options { _ in })
    let pinged: (Int64) -> Bool = { now in
      look(session, at: now)
      return !session.peer.readAvailable().isEmpty
    }
    #expect(session.engine.receiving.keepAliveTimes == nil)
    #expect(!pinged(1_000_000))
    session.engine.receiving.setKeepAlive(Self.times, now: 1_000_000)
    #expect(session.engine.receiving.keepAliveTimes == Self.times)
    #expect(session.engine.receiving.keepAliveDeadline == 1_001_000)
    #expect(!pinged(1_000_999))
    #expect(pinged(1_001_000))
    // The PONG that was awaited no longer is.
    session.engine.receiving.setKeepAlive(KeepAliveTimes(interval: 50, timeout: 10), now: 1_001_100)
    #expect(!pinged(1_001_149))
    #expect(pinged(1_001_150))
    session.engine.receiving.setKeepAlive(nil, now: 1_001_155)
    #expect(session.engine.receiving.keepAliveDeadline == nil)
    #expect(!pinged(2_000_000))
    session.write(Frame(.binary, [1, 2, 3]))
    #expect(try session.receiveMessage().payload == [1, 2, 3])
  }
}
