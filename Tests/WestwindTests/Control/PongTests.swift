import Testing
import WebSocketProtocol
import Westwind
import WestwindSockets
import WestwindTestSupport

/// The automatic answer to PING.
struct PongTests {
  /// Lets the connection see to its affairs; there is no data for it.
  func receiveNothing(_ session: Session, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(
      failure { try session.ws.recvMsg(maxCount: 10, timeout: .milliseconds(20)) } == .wouldBlock,
      sourceLocation: sourceLocation)
  }

  @Test func `PING is answered also from within peekMsg, receiveMessage, withReceivedFrame and recv`() throws {
    try withSession { session in
      let ws = session.ws
      let calls: [() throws -> Void] = [
        { _ = try ws.peekMsg(timeout: .milliseconds(20)) }, { _ = try ws.receiveMessage(timeout: .milliseconds(20)) },
        { try ws.withReceivedFrame(timeout: .milliseconds(20)) { _, _ in } },
        { _ = try ws.descriptor.recv(maxCount: 1, timeout: .milliseconds(20)) },
      ]
      for (i, call) in calls.enumerated() {
        try session.deliver(Frame(.ping, [UInt8(i)]))
        #expect(throws: (any Error).self) { try call() }
        #expect(try session.peer.readFrame().unmasked == Frame(.pong, [UInt8(i)]))
      }
    }
  }

  @Test(arguments: Role.all)
  func
    `Field defect 11: a PING that comes while a sender is blocked holds up no reader, and the newest is answered after`(
      role: Role
    ) throws
  {
    let (socket, peer) = try memoryPair(capacity: 1000)
    try withSession(role, socket, peer) { session in
      let payload = pattern(size: 5000, seed: 3)
      let sender = try SleepingThread { try session.ws.sendMsg(payload) }
      // The send buffer is full, and the sender holds the write side.
      try session.write(Frame(.ping, [1]), Frame(.text, "a".bytes), Frame(.ping, [2]), Frame(.text, "b".bytes))
      #expect(try session.ws.receiveMessage(timeout: patience).text == "a")
      #expect(try session.ws.receiveMessage(timeout: patience).text == "b")
      try session.write(Frame(.ping, [3]), Frame(.text, "c".bytes))
      #expect(try session.ws.receiveMessage(timeout: patience).text == "c")
      // A receiver sees to it that the PONG leaves, should there be no room for it when the sender is through.
      let reader = BlockingThread { try session.ws.receiveMessage(timeout: patience).text }
      #expect(difference(try peer.readFrame().payload, payload) == nil)
      #expect(try peer.readFrame().unmasked == Frame(.pong, [3]))
      #expect(try sender.join() == 5000)
      // The older ones are forgotten (RFC 6455 5.5.3).
      try session.ws.sendMsg("next")
      #expect(try peer.readFrame().payload.text == "next")
      try session.write(Frame(.text, "d".bytes))
      #expect(try reader.join() == "d")
    }
  }

  @Test(arguments: Role.all)
  func `Field defect 11: a PONG that the socket does not take leaves as soon as it does, the reader still blocked`(
    role: Role
  ) throws {
    let (socket, peer) = try memoryPair(capacity: 1000)
    try withSession(role, socket, peer) { session in
      let filler = [UInt8](repeating: 0xEE, count: 1000)
      try session.socket.send(filler)
      try session.write(Frame(.ping, [9]))
      let reader = try SleepingThread { try session.ws.receiveMessage(timeout: patience).text }
      #expect(try peer.read(1000) == filler)
      #expect(try peer.readFrame().unmasked == Frame(.pong, [9]))
      try session.write(Frame(.text, "done".bytes))
      #expect(try reader.join() == "done")
    }
  }

  @Test func `Field defect 11: a PONG that the socket does not take makes the descriptor poll readable when it does`()
    throws
  {
    let (socket, peer) = try memoryPair(capacity: 1000)
    try withSession(.server, socket, peer) { session in
      try session.socket.send([UInt8](repeating: 0xEE, count: 1000))
      try session.deliver(Frame(.ping, [9]))
      receiveNothing(session)
      #expect(try !pollsReadable(session.ws.rawValue, .immediate))
      _ = try peer.read(1000)
      #expect(try pollsReadable(session.ws.rawValue, patience))
      #expect(failure { try session.ws.recvMsg(maxCount: 1, timeout: .immediate) } == .wouldBlock)
      #expect(try peer.readFrame() == Frame(.pong, [9]))
      #expect(try !pollsReadable(session.ws.rawValue, .immediate))
    }
  }

  @Test func `a flood of PINGs holds up nothing and no memory`() throws {
    try withSession(.server, over: .memory) { session in
      let ping = Frame(.ping, [UInt8](repeating: 1, count: 125), key: .sample).bytes
      let writer = BlockingThread {
        for _ in 0..<2000 { try session.peer.write(ping) }
        try session.peer.write(Frame(.text, "end".bytes, key: .sample).bytes)
      }
      // Nobody reads the answers; those that fit leave, the others are the newest one.
      #expect(try session.ws.receiveMessage(timeout: patience).text == "end")
      try writer.join()
      #expect(try session.peer.readFrame() == Frame(.pong, [UInt8](repeating: 1, count: 125)))
    }
  }
}
