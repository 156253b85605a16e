import SystemPackage
import Testing
import WebSocketProtocol
import Westwind
import WestwindSockets
import WestwindTestSupport

/// `withBatch`: many frames for which the connection's sending side is taken once.
struct SendBatchTests {
  @Test(arguments: Role.all)
  func `frames of all kinds leave in one write, in their order`(role: Role) throws {
    try withCounted(role) { session, counting in
      try session.ws.withBatch { _ throws(WebSocketError) in }
      #expect(counting.takeWrites() == [])
      let result = try session.ws.withBatch { batch throws(WebSocketError) in
        try batch.sendMsg("first".bytes.span.bytes, opcode: .binary)
        try batch.sendMsg("hä".bytes.span.bytes, opcode: .text, final: false)
        try batch.sendMsg("!".bytes.span.bytes, opcode: .ping)
        try batch.sendMsg("llo".bytes.span.bytes, opcode: .continuation)
        try batch.sendMsg(RawSpan(), opcode: .binary)
        return counting.takeWrites().count
      }
      #expect(result == 0)
      #expect(counting.takeWrites().count == 1)
      let frames = try session.peer.readFrames(5)
      #expect(frames.map { $0.opcode } == [.binary, .text, .ping, .continuation, .binary])
      #expect(frames.map { $0.isFinal } == [true, false, true, true, true])
      #expect(frames.map { $0.payload } == ["first".bytes, "hä".bytes, "!".bytes, "llo".bytes, []])
      #expect(frames.allSatisfy { $0.isMasked == (role == .client) })
    }
  }

  /// Calls that gather frames.
  enum Way: Sendable, CaseIterable { case batch, cork, packets }

  @Test(arguments: Role.all, Way.allCases)
  func `more than the buffer holds leaves in writes of its size`(role: Role, way: Way) throws {
    let sizes = (0..<300).map { $0 * 7 % 130 } + (way == .packets ? [250, 0, 255, 1] : [5000, 0, 9000, 1])
    try withCounted(role, options: options { $0.transmitBufferSize = 1024 }) { session, counting in
      let sender = BlockingThread {
        switch way {
        case .batch:
          try session.ws.withBatch { batch throws(WebSocketError) in
            for (i, size) in sizes.enumerated() {
              let payload = pattern(size: size, seed: UInt64(i))
              try batch.sendMsg(payload.span.bytes, opcode: .binary)
            }
          }
        case .cork:
          try session.ws.withCork { () throws(WebSocketError) in
            for (i, size) in sizes.enumerated() { try session.ws.sendMsg(pattern(size: size, seed: UInt64(i))) }
          }
        case .packets: #expect(try session.ws.send(PacketTests.packets(sizes)) == 0)
        }
      }
      for (i, size) in sizes.enumerated() {
        let expected = way == .packets ? PacketTests.packets([size]) : pattern(size: size, seed: UInt64(i))
        #expect(try session.peer.readFrame().payload == expected)
      }
      try sender.join()
      let writes = counting.takeWrites()
      if role == .client { #expect(writes.count <= writes.reduce(0, +) / 1024 + 1) }
    }
  }

  @Test func `a frame that is refused takes nothing with it`() throws {
    try withCounted(.client) { session, _ in
      try session.ws.withBatch { batch throws(WebSocketError) in
        try batch.sendMsg("one".bytes.span.bytes, opcode: .binary)
        let notText: [UInt8] = [0xFF]
        do throws(WebSocketError) {
          try batch.sendMsg(notText.span.bytes, opcode: .text)
          Issue.record("bytes that are no text were sent as text")
        } catch {
          #expect(error.errno == .invalidArgument)
        }
        do throws(WebSocketError) {
          try batch.sendMsg(notText.span.bytes, opcode: .binary, mask: false)
          Issue.record("a client sent a frame without a mask")
        } catch {
          #expect(error == .invalidArgument(.maskNotForRole))
        }
        try batch.sendMsg("two".bytes.span.bytes, opcode: .binary)
      }
      #expect(try session.peer.readFrames(2).map { $0.payload.text } == ["one", "two"])
    }
  }

  @Test func `another send within is refused, and does not wait for itself`() throws {
    try withCounted(.client) { session, _ in
      try session.ws.withBatch { batch throws(WebSocketError) in
        try batch.sendMsg("one".bytes.span.bytes, opcode: .binary)
        let errors = [
          failure { try session.ws.sendMsg("not now") },
          failure { try session.ws.withBatch { _ throws(WebSocketError) in } },
        ]
        for error in errors { #expect(error == .busy) }
      }
      #expect(try session.peer.readFrame().payload.text == "one")
    }
  }

  @Test func `a PING that came before is answered behind it, though nobody sends again`() throws {
    try withCounted(.client) { session, _ in
      try session.write(Frame(.ping, "?".bytes), Frame(.binary, [1]))
      try session.ws.withBatch { batch throws(WebSocketError) in
        _ = try session.ws.recvMsg(maxCount: 10, timeout: patience)
        try batch.sendMsg("one".bytes.span.bytes, opcode: .binary)
      }
      #expect(try session.peer.readFrames(2).map { $0.payload.text }.sorted() == ["?", "one"])
    }
  }
}
