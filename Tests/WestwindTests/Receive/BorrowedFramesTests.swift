import Testing
import WebSocketProtocol
import Westwind
import WestwindSockets
import WestwindTestSupport

/// `withReceivedFrames`: all frames that have come, lent one after the other.
struct BorrowedFramesTests {
  private struct Lent: Equatable {
    let message: ReceivedMessage
    let payload: [UInt8]

    init(_ message: ReceivedMessage, _ payload: [UInt8]) {
      self.message = message
      self.payload = payload
    }
  }

  private func lent(_ session: Session, timeout: Timeout = patience) throws -> [Lent] {
    var lent: [Lent] = []
    let count = try session.ws.withReceivedFrames(timeout: timeout) { frame, bytes in
      lent.append(Lent(frame, bytes.array))
    }
    #expect(count == lent.count)
    return lent
  }

  @Test(arguments: Role.all)
  func `what came in one segment is lent in one call, whatever it is`(role: Role) throws {
    try withSession(role) { session in
      let frames = [
        Frame(.binary, "one".bytes), Frame(.text, "hä".bytes, isFinal: false), Frame(.ping, []),
        Frame(.continuation, "llo".bytes), Frame(.binary, []), Frame(.binary, pattern(size: 200, seed: 1)),
        Frame(.binary, pattern(size: 3000, seed: 2)),
      ]
      try session.peer.write(session.bytes(frames))
      let lent = try lent(session)
      #expect(
        lent.map { $0.payload } == [
          "one".bytes, "hä".bytes, "llo".bytes, [], pattern(size: 200, seed: 1), pattern(size: 3000, seed: 2),
        ])
      #expect(
        lent.map { $0.message.type } == [
          [.binary, .final], .text, [.text, .continuation, .final], [.binary, .final], [.binary, .final],
          [.binary, .final],
        ])
      #expect(lent.allSatisfy { $0.message.remaining == 0 && $0.message.count == $0.payload.count })
    }
  }

  @Test(arguments: Role.all)
  func `a frame that is not whole waits for the next call`(role: Role) throws {
    try withSession(role) { session in
      let second = session.bytes(Frame(.binary, pattern(size: 50, seed: 1)))
      try session.peer.write(session.bytes(Frame(.binary, "one".bytes)) + second.prefix(20))
      #expect(try lent(session).map { $0.payload } == ["one".bytes])
      try session.peer.write(second.dropFirst(20) + session.bytes(Frame(.binary, "three".bytes)))
      #expect(try lent(session).map { $0.payload } == [pattern(size: 50, seed: 1), "three".bytes])
    }
  }

  @Test func `where the body throws, the frames behind stay`() throws {
    try withSession { session in
      try session.write(Frame(.binary, [1]), Frame(.binary, [2]), Frame(.binary, [3]))
      var seen: [UInt8] = []
      let error = failure {
        try session.ws.withReceivedFrames(timeout: patience) { _, bytes throws(WebSocketError) in
          seen += bytes.array
          if seen.count == 2 { throw .invalidArgument(.emptyBuffer) }
        }
      }
      #expect(error == .invalidArgument(.emptyBuffer))
      #expect(seen == [1, 2])
      #expect(try lent(session).map { $0.payload } == [[3]])
    }
  }

  @Test func `CLOSE behind frames is lent with them, and a violation comes with the next call`() throws {
    try withSession { session in
      try session.write(Frame(.binary, [1]), Frame(.close, [0x03, 0xE8]))
      let lent = try lent(session)
      #expect(lent.map { $0.payload } == [[1], [0x03, 0xE8]])
      #expect(lent.last?.message.isClose == true)
      #expect(failure { try self.lent(session) } == .notConnected(CloseStatus(code: .normal)))
    }
    for (frame, violation) in [
      (Frame(.text, [0xFF]), .textNotUTF8), (Frame(Opcode(rawValue: 3)), .reservedOpcode(3)),
    ] as [(Frame, ProtocolViolation)] {
      try withSession { session in
        try session.write(Frame(.binary, [1]), frame)
        #expect(try lent(session).map { $0.payload } == [[1]])
        #expect(failure { try lent(session) } == .protocolViolation(violation))
      }
    }
  }
}
