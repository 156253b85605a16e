import Testing
import WebSocketEngine
import WebSocketProtocol
import WestwindBuffers
import WestwindTestSupport

/// The figure at the top of `CloseState.swift`, arrow by arrow.
struct CloseStateTests {
  typealias Phase = CloseState.Phase

  /// Brings a connection into a phase.
  static func session(_ role: Role, in phase: Phase) throws -> Session {
    let session = Session(role)
    switch phase {
    case .open: break
    case .closeSent: try session.sendMsg(Frame(closing: 4001).payload, opcode: .close)
    case .closeReceived:
      session.write(Frame(closing: 4002))
      #expect(try session.awaitNext() == .close)
    case .closed:
      session.write(Frame(closing: 4002))
      #expect(try session.receiveMessage().isClose)
    case .failed:
      session.write(Frame(.continuation))
      #expect(failure { try session.receiveMessage() } == .violation(.continuationWithoutMessage))
    case .disconnected: session.engine.close(to: session.memory)
    }
    _ = session.peer.readAvailable()
    #expect(session.engine.state.phase == phase)
    return session
  }

  static let phases: [Phase] = [.open, .closeSent, .closeReceived, .closed, .failed, .disconnected]

  enum Cause: Sendable, CaseIterable {
    case closeOut, closeIn, violation, tooBig, streamLost, endOfStream, noPONG, noSending, owner
  }

  /// Where each cause leads to; a phase that a cause cannot happen in stays.
  static let arrows: [(from: Phase, by: Cause, to: Phase)] = [
    (.open, .closeOut, .closeSent), (.open, .closeIn, .closed), (.open, .violation, .failed), (.open, .tooBig, .failed),
    (.open, .streamLost, .failed), (.open, .endOfStream, .failed), (.open, .noPONG, .failed),
    (.open, .noSending, .failed), (.open, .owner, .disconnected),
    (.closeSent, .closeIn, .closed), (.closeSent, .violation, .failed), (.closeSent, .tooBig, .failed),
    (.closeSent, .streamLost, .failed), (.closeSent, .endOfStream, .failed), (.closeSent, .noPONG, .failed),
    (.closeSent, .closeOut, .closeSent), (.closeSent, .owner, .disconnected),
    (.closeReceived, .closeOut, .closed), (.closeReceived, .noSending, .failed),
    (.closeReceived, .owner, .disconnected),
    // Bytes behind CLOSE belong to nobody, and so does the end of the stream.
    (.closeReceived, .violation, .closeReceived), (.closeReceived, .endOfStream, .closeReceived),
    (.closed, .closeOut, .closed), (.closed, .closeIn, .closed), (.closed, .violation, .closed),
    (.closed, .streamLost, .closed), (.closed, .endOfStream, .closed), (.closed, .noPONG, .closed),
    (.closed, .noSending, .closed), (.closed, .owner, .disconnected),
    (.failed, .closeOut, .failed), (.failed, .closeIn, .failed), (.failed, .violation, .failed),
    (.failed, .streamLost, .failed), (.failed, .endOfStream, .failed), (.failed, .noPONG, .failed),
    (.failed, .noSending, .failed), (.failed, .owner, .disconnected),
    (.disconnected, .closeOut, .disconnected), (.disconnected, .closeIn, .disconnected),
    (.disconnected, .violation, .disconnected), (.disconnected, .streamLost, .disconnected),
    (.disconnected, .endOfStream, .disconnected), (.disconnected, .noPONG, .disconnected),
    (.disconnected, .noSending, .disconnected), (.disconnected, .owner, .disconnected),
  ]

  @Test(arguments: arrows.indices, Role.all)
  func `each cause leads from each phase to the one in the figure`(row: Int, role: Role) throws {
    let (from, cause, to) = Self.arrows[row]
    let session = try Self.session(role, in: from)
    switch cause {
    case .closeOut: _ = try? session.sendMsg([], opcode: .close)
    case .closeIn:
      session.write(Frame(closing: 1000))
      _ = try? session.receiveMessage()
    case .violation:
      session.write(Frame(.binary, [1], reservedBits: 1))
      _ = try? session.awaitNext()
    case .tooBig:
      session.write(Frame(.binary, [1, 2]))
      #expect(failure { try session.receiveMessage(maxSize: 1) } == .messageTooBig(limit: 1))
    case .streamLost:
      session.engine.receiving.endInput(.streamLost(104))
      _ = try? session.awaitNext()
    case .endOfStream:
      session.peer.close()
      _ = try? session.awaitNext()
    case .noPONG:
      if ![.closed, .disconnected].contains(from), from != .failed { session.engine.receiving.fail(.keepAliveExpired) }
      _ = try? session.awaitNext()
    case .noSending: session.engine.failSending(to: session.memory)
    case .owner: session.engine.close(to: session.memory)
    }
    #expect(session.engine.state.phase == to, "from \(from) by \(cause)")
    // Facts are only added.
    let before = session.engine.state
    session.write(Frame(.text, "behind".bytes))
    _ = try? session.awaitNext()
    _ = try? session.sendMsg("more")
    #expect(session.engine.state.isSuperset(of: before))
    #expect(session.engine.state.phase == to)
  }

  @Test(arguments: phases, Role.all)
  func `a frame may be sent while CLOSE has not been, and the stream takes bytes`(phase: Phase, role: Role) throws {
    let session = try Self.session(role, in: phase)
    let allows = phase == .open || phase == .closeReceived
    #expect(session.engine.state.allowsSending == allows)
    for opcode in [.text, .binary, .ping, .pong] as [Opcode] {
      if allows {
        #expect(try session.sendMsg([], opcode: opcode) == 0)
      } else {
        #expect(failure { try session.sendMsg([], opcode: opcode) } == .refused(.afterClose))
      }
    }
    #expect(try Frame.all(in: session.peer.readAvailable()).count == (allows ? 4 : 0))
    session.engine.failSending(to: session.memory)
    #expect(failure { try session.sendMsg("x") } == .refused(.afterClose))
    #expect(session.peer.readAvailable() == [])
  }

  @Test(arguments: Role.all)
  func `both sides close at once: two frames, one each way`(role: Role) throws {
    let session = Session(role)
    session.write(Frame(.text, "last".bytes), Frame(closing: 4002, "theirs"))
    try session.sendMsg(Frame(closing: 4001, "ours").payload, opcode: .close)
    #expect(session.engine.state.phase == .closeSent)
    #expect(try session.receiveMessage().text == "last")
    #expect(try session.receiveMessage().isClose)
    #expect(session.engine.state.phase == .closed)
    #expect(session.engine.receiving.closeCode == CloseCode(rawValue: 4002))
    #expect(try Frame.all(in: session.peer.readAvailable()).map { $0.unmasked } == [Frame(closing: 4001, "ours")])
    #expect(failure { try session.receiveMessage() } == .ended)
  }

  @Test(arguments: Role.all)
  func `two engines close each other, whoever begins`(role: Role) throws {
    let (one, other) = (Session(role), Session(role.other))
    try one.sendMsg("bye")
    try one.sendMsg(Frame(closing: 1001).payload, opcode: .close)
    other.peer.write(one.peer.readAvailable())
    #expect(try other.receiveMessage().text == "bye")
    #expect(try other.receiveMessage().isClose)
    #expect(other.engine.state.phase == .closed)
    one.peer.write(other.peer.readAvailable())
    #expect(try one.receiveMessage().isClose)
    #expect(one.engine.state.phase == .closed)
    #expect(one.engine.receiving.closeCode == .goingAway)
    #expect(one.peer.readAvailable() == [])
  }

  @Test(arguments: Role.all)
  func `CLOSE behind data comes behind it, and bytes behind CLOSE are dropped`(role: Role) throws {
    let session = Session(role)
    session.write(
      Frame(.binary, [1], isFinal: false), Frame(.ping, [2]), Frame(closing: 1000), Frame(.ping, [3]),
      Frame(.continuation, [4]))
    #expect(try session.recvMsg(maxCount: 10).payload == [1])
    #expect(try session.recvMsg(maxCount: 10).message.isClose)
    #expect(session.engine.receiving.input.isEmpty == true)
    #expect(failure { try session.recvMsg(maxCount: 10) } == .ended)
    #expect(
      try Frame.all(in: session.peer.readAvailable()).map { $0.unmasked } == [Frame(.pong, [2]), Frame(closing: 1000)])
    #expect(session.memory.out == 0)
  }

  @Test func `CLOSE is not answered before it has been looked at`() throws {
    let session = Session(.client)
    session.write(Frame(closing: 1000))
    for _ in 0..<3 { #expect(try session.awaitNext() == .close) }
    #expect(session.peer.readAvailable() == [])
    try session.sendMsg("still open this way")
    #expect(try session.receiveMessage().isClose)
    #expect(try session.peer.readFrames(2).map { $0.opcode } == [.text, .close])
  }

  @Test func `the owner may answer CLOSE itself, with another code`() throws {
    let session = Session(.server)
    session.write(Frame(closing: 1000))
    #expect(try session.awaitNext() == .close)
    try session.sendMsg(Frame(closing: 4000).payload, opcode: .close)
    #expect(try session.receiveMessage().isClose)
    #expect(try Frame.all(in: session.peer.readAvailable()) == [Frame(closing: 4000)])
    #expect(session.engine.state.phase == .closed)
  }

  @Test func `with control frames the owner's own, CLOSE ends receiving, and is the owner's to answer`() throws {
    let session = Session(.client, options { $0.answersControlFrames = false })
    session.write(Frame(closing: 999), Frame(.text, "behind".bytes))
    #expect(try session.receiveMessage().isClose)
    #expect(session.engine.state.phase == .closeReceived)
    #expect(session.engine.receiving.closeCode?.rawValue == 999)
    #expect(failure { try session.receiveMessage() } == .ended)
    try session.sendMsg(Frame(closing: 1000).payload, opcode: .close)
    #expect(session.engine.state.phase == .closed)
    #expect(try Frame.all(in: session.peer.readAvailable()).map { $0.opcode } == [.close])
  }

  @Test(arguments: Role.all)
  func `a failure is told once, and then the end`(role: Role) throws {
    let session = Session(role)
    session.write(Frame(.text, [0xFF]))
    #expect(failure { try session.recvMsg(maxCount: 10) } == .violation(.textNotUTF8))
    for _ in 0..<3 { #expect(failure { try session.recvMsg(maxCount: 10) } == .ended) }
    #expect(try Frame.all(in: session.peer.readAvailable()).map { $0.unmasked } == [Frame(closing: 1007)])
  }

  @Test func `a stream that is lost behind data delivers that first`() throws {
    let session = Session(.client)
    session.write(Frame(.text, "whole".bytes), Frame(.ping, [1]))
    session.peer.write(Frame(.binary).header(claiming: 10) + [1, 2])
    #expect(try session.peekMsg().remaining == 5)
    session.engine.receiving.endInput(.streamLost(104))
    #expect(try session.receiveMessage().text == "whole")
    #expect(try session.recvMsg(maxCount: 10).payload == [1, 2])
    #expect(failure { try session.recvMsg(maxCount: 10) } == .failed(.streamLost(104)))
    #expect(failure { try session.recvMsg(maxCount: 10) } == .ended)
    // The peer is not told: nobody is there.
    #expect(try Frame.all(in: session.peer.readAvailable()).map { $0.opcode } == [.pong])
  }

  @Test func `a CLOSE that came before the stream was lost is the end`() throws {
    let session = Session(.client)
    session.write(Frame(closing: 1000))
    _ = try session.awaitNext()
    session.engine.receiving.endInput(.streamLost(104))
    #expect(try session.receiveMessage().isClose)
    #expect(failure { try session.receiveMessage() } == .ended)
    #expect(session.engine.state.phase == .closed)
  }

  @Test func `the first of two ends is told`() throws {
    let session = Session(.client)
    session.engine.receiving.endInput(.streamLost(104))
    session.engine.receiving.endInput(.streamLost(32))
    #expect(failure { try session.receiveMessage() } == .failed(.streamLost(104)))
    let other = Session(.client)
    other.engine.receiving.endInput()
    #expect(failure { try other.receiveMessage() } == .ended)
  }

  @Test func `each failure has its code for the peer, and those of the stream have none`() {
    #expect(EngineFailure.violation(.textNotUTF8).closeCode == .invalidPayload)
    #expect(EngineFailure.violation(.reservedBits(1)).closeCode == .protocolError)
    #expect(EngineFailure.messageTooBig(limit: 1).closeCode == .messageTooBig)
    for failure in [EngineFailure.outOfMemory, .keepAliveExpired, .streamLost(1)] { #expect(failure.closeCode == nil) }
  }

  @Test func `what is allowed follows from the facts`() {
    for raw in UInt8.min...UInt8.max {
      let state = CloseState(rawValue: raw)
      let isUsable = !state.contains(.failed) && !state.contains(.disconnected)
      #expect(state.isUsable == isUsable)
      #expect(state.isWritable == (isUsable && !state.contains(.sendFailed)))
      #expect(state.allowsSending == (isUsable && !state.contains(.sendFailed) && !state.contains(.closeSent)))
      #expect(state.allowsReceiving == (isUsable && !state.contains(.receiveEnded) && !state.contains(.receiveShut)))
      if state.contains(.disconnected) {
        #expect(state.phase == .disconnected)
      } else if state.contains(.failed) {
        #expect(state.phase == .failed)
      }
    }
  }

  // MARK: Faults that were found by these tests

  @Test(arguments: Role.all)
  func `the end of the stream is a fact of the state, and nothing of the connection's own follows`(role: Role) {
    let session = Session(role, options { $0.keepAlive = KeepAliveTimes(interval: 100, timeout: 50) })
    session.peer.close()
    #expect(failure { try session.receiveMessage() } == .ended)
    #expect(session.engine.state.contains(.receiveEnded))
    session.now = 100
    #expect(failure { try session.receiveMessage() } == .ended)
    session.now = 1000
    session.engine.receiving.noteSilence(at: 1000)
    #expect(failure { try session.receiveMessage() } == .ended)
    #expect(session.engine.receiving.keepAliveDeadline == nil)
    #expect(session.peer.readAvailable() == [])
  }

  @Test(arguments: Role.all)
  func `behind the closing handshake no PONG is missed`(role: Role) throws {
    let session = Session(role, options { $0.keepAlive = KeepAliveTimes(interval: 100, timeout: 50) })
    session.now = 100
    #expect(failure { try session.receiveMessage() } == .wouldBlock)
    #expect(try session.peer.readFrame().opcode == .ping)
    session.write(Frame(closing: 1000))
    #expect(try session.receiveMessage().isClose)
    session.now = 1000
    session.engine.receiving.noteSilence(at: 1000)
    #expect(failure { try session.receiveMessage() } == .ended)
    #expect(session.engine.state.phase == .closed)
  }

  @Test(arguments: Role.all)
  func `a peer that breaks the protocol has failed the connection, although it was sent CLOSE`(role: Role) {
    let session = Session(role)
    session.write(Frame(.continuation))
    #expect(failure { try session.receiveMessage() } == .violation(.continuationWithoutMessage))
    #expect(session.engine.state.contains(.closeSent))
    #expect(session.engine.state.phase == .failed)
  }

  @Test func `without a PONG nothing more is sent`() {
    let session = Session(.client)
    session.engine.receiving.fail(.keepAliveExpired)
    #expect(failure { try session.receiveMessage() } == .keepAliveExpired)
    #expect(failure { try session.sendMsg("x") } == .refused(.afterClose))
  }
}
