import Glibc
import SystemPackage
import Testing
import WebSocketProtocol
import Westwind
import WestwindSockets
import WestwindTestSupport

/// Programs that poll the descriptor edge-triggered, and receive until there is nothing: they are woken by whatever comes
/// or ends behind that.
struct EdgeTriggeredTests {
  /// The next message; nil if there is none now.
  private func receiveOne(_ session: Session) throws -> String? {
    do {
      return try session.ws.recvMsg(maxCount: 100, timeout: .immediate).payload.text
    } catch WebSocketError.wouldBlock {
      return nil
    }
  }

  /// All that can be received at once.
  @discardableResult
  private func drain(_ session: Session) throws -> [String] {
    var messages: [String] = []
    while let message = try receiveOne(session) { messages.append(message) }
    return messages
  }

  /// A poller that has seen one edge, for a frame in the connection's buffer, and has drained it. Nothing has asked the
  /// kernel about the descriptor since.
  private func drainedPoller(_ session: Session) throws -> EdgePoller {
    try session.deliver(Frame(.text, "a".bytes), Frame(.text, "b".bytes))
    #expect(try session.ws.recvMsg(maxCount: 100, timeout: patience).payload.text == "a")
    let poller = try EdgePoller(watching: session.ws.rawValue)
    #expect(poller.wakes())
    #expect(try drain(session) == ["b"])
    return poller
  }

  @Test(arguments: Role.all, Wire.allCases)
  func `what is buffered already gives a first edge, and what comes behind it another`(role: Role, wire: Wire) throws {
    try withSession(role, over: wire) { session in
      let poller = try drainedPoller(session)
      #expect(!poller.wakes(.immediate))
      for round in 0..<20 {
        // Two frames in a segment: the second is buffered while the first is delivered.
        try session.write(Frame(.text, "c\(round)".bytes), Frame(.text, "d\(round)".bytes))
        var messages: [String] = []
        while messages.count < 2 {
          try #require(poller.wakes(), "round \(round): \(messages)")
          messages += try drain(session)
        }
        #expect(messages == ["c\(round)", "d\(round)"])
      }
    }
  }

  @Test(arguments: Role.all, Wire.allCases)
  func `frames that are taken one at a time give an edge when the next comes`(role: Role, wire: Wire) throws {
    try withSession(role, over: wire) { session in
      let poller = try drainedPoller(session)
      for round in 0..<20 {
        try session.write(Frame(.text, "\(round)".bytes))
        #expect(poller.wakes(), "round \(round)")
        #expect(try session.ws.recvMsg(maxCount: 100, timeout: patience).payload.text == "\(round)")
      }
    }
  }

  @Test(arguments: Role.all, Wire.allCases)
  func `shutdown(.read) gives an edge`(role: Role, wire: Wire) throws {
    try withSession(role, over: wire) { session in
      let poller = try drainedPoller(session)
      try session.ws.descriptor.shutdown(.read)
      #expect(poller.wakes())
      #expect(try session.ws.descriptor.recv(maxCount: 10) == [])
    }
  }

  @Test(arguments: Role.all, Wire.allCases)
  func `shutdown(.read) gives an edge to a thread that waits for one`(role: Role, wire: Wire) throws {
    try withSession(role, over: wire) { session in
      nonisolated(unsafe) let poller = try drainedPoller(session)
      let waiter = try SleepingThread { poller.wakes() }
      try session.ws.descriptor.shutdown(.read)
      #expect(try waiter.join())
    }
  }

  @Test(arguments: Role.all, Wire.allCases)
  func `a disconnect by another thread gives an edge, while the peer is still waited for`(role: Role, wire: Wire) throws
  {
    try withSession(role, over: wire) { session in
      let poller = try drainedPoller(session)
      let end = BlockingThread { try session.disconnect(timeout: .seconds(60)) }
      #expect(poller.wakes())
      #expect(failure { try session.ws.recvMsg(maxCount: 10, timeout: .immediate) }?.errno == .socketNotConnected)
      #expect(try session.peer.readFrame().opcode == .close)
      try session.write(Frame(closing: 1000))
      #expect(try end.join() == CloseStatus(code: .normal))
    }
  }

  @Test func `a frame that another thread's send leaves half sent gives an edge`() throws {
    let (socket, peer) = try memoryPair(capacity: 1000)
    try withSession(.server, socket, peer) { session in
      let poller = try drainedPoller(session)
      let big = [UInt8](repeating: 7, count: 1_000_000)
      let sender = BlockingThread { failure { try session.ws.sendMsg(big, timeout: .milliseconds(20)) } }
      #expect(poller.wakes())
      #expect(try sender.join() == .aborted)
      #expect(failure { try session.ws.recvMsg(maxCount: 10, timeout: .immediate) }?.errno == .socketNotConnected)
    }
  }

  /// The two ends of a connection whose socket is full, and a PING in it that nobody has seen yet.
  private func withFullSocket(
    _ wire: Wire, whenFull: @escaping @Sendable (RawPeer) -> Void = { _ in },
    _ body: (Session, EdgePoller) throws -> Void
  ) throws {
    let (below, peer) =
      switch wire {
      case .memory: try memoryPair(capacity: 1000)
      case .tcp: try unixPair()
      }
    let (socket, room) = RoomSocket.make(over: below)
    try withSession(.server, socket, peer) { session in
      let poller = try drainedPoller(session)
      while (try? below.send([UInt8](repeating: 0xEE, count: 100), flags: .dontWait)) != nil {}
      while (try? below.send([0xEE], flags: .dontWait)) != nil {}
      room.whenFull { whenFull(peer) }
      try session.deliver(Frame(.ping, [9]))
      #expect(poller.wakes())
      try body(session, poller)
    }
  }

  private func expectPong(_ session: Session, _ poller: EdgePoller) throws {
    #expect(poller.wakes())
    #expect(failure { try session.ws.recvMsg(maxCount: 10, timeout: .immediate) } == .wouldBlock)
    #expect(try session.peer.readAvailable().suffix(3) == Frame(.pong, [9]).bytes[...])
  }

  @Test(arguments: Wire.allCases)
  func `a PONG that waits for room gives an edge when there is some`(wire: Wire) throws {
    try withFullSocket(wire) { session, poller in
      #expect(try drain(session) == [])
      #expect(!poller.wakes(.immediate))
      _ = try session.peer.readAvailable()
      try expectPong(session, poller)
    }
  }

  @Test(arguments: Wire.allCases)
  func `a PONG gives an edge also where room comes just as it was found that there is none`(wire: Wire) throws {
    try withFullSocket(wire, whenFull: { _ = try? $0.readAvailable() }) { session, poller in
      #expect(try drain(session) == [])
      // Whether it has left already or not.
      let left = try session.peer.readAvailable()
      if left.suffix(3) == Frame(.pong, [9]).bytes[...] { return }
      try expectPong(session, poller)
    }
  }

  @Test(arguments: Wire.allCases)
  func `a flood without data that ends gives an edge for what a call without waiting has left`(wire: Wire) throws {
    try withSession(.server, over: wire) { session in
      let poller = try drainedPoller(session)
      // More than one call looks at.
      let nothing = Frame(.pong, [UInt8](repeating: 1, count: 125), key: .sample).bytes
      let flood = (0..<2000).flatMap { _ in nothing } + session.bytes(Frame(.text, "end".bytes))
      let writer = BlockingThread { try session.peer.write(flood) }
      if wire == .memory { try writer.join() }
      var messages: [String] = []
      while messages.isEmpty {
        try #require(poller.wakes())
        messages = try drain(session)
      }
      #expect(messages == ["end"])
      if wire == .tcp { try writer.join() }
    }
  }
}

/// Two ends of a pair of kernel sockets that go on moving nothing: these can be filled.
private func unixPair() throws -> (SocketDescriptor, RawPeer) {
  var ends: [CInt] = [-1, -1]
  try #require(socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0, &ends) == 0)
  let (socket, peer) = (SocketDescriptor(rawValue: ends[0]), SocketDescriptor(rawValue: ends[1]))
  return (socket, RawPeer(socket: peer, opposite: socket))
}
