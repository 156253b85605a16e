import SystemPackage
import Testing
import WebSocketProtocol
import Westwind
import WestwindTestSupport

extension RawSpan {
  var array: [UInt8] { withUnsafeBytes { Array($0) } }
}

/// `withReceivedFrame`: the receive buffer, lent.
struct BorrowedFrameTests {
  @Test(arguments: Role.all, Wire.allCases)
  func `it lends whole frames, one at a time`(role: Role, wire: Wire) throws {
    try withSession(role, over: wire) { session in
      try session.write(
        Frame(.text, "hällo".bytes, isFinal: false), Frame(.continuation, [], isFinal: false),
        Frame(.continuation, "!".bytes), Frame(.binary, pattern(size: 60_000, seed: 2)))
      let expected: [(MessageType, [UInt8])] = [
        ([.text], "hällo".bytes), ([.text, .continuation], []), ([.text, .continuation, .final], "!".bytes),
        ([.binary, .final], pattern(size: 60_000, seed: 2)),
      ]
      for (type, payload) in expected {
        try session.ws.withReceivedFrame(timeout: patience) { frame, bytes in
          #expect(frame == ReceivedMessage(count: payload.count, type: type, remaining: 0))
          #expect(equal(bytes.array, payload))
        }
      }
    }
  }

  @Test func `receiving from within is refused, and does not wait for itself`() throws {
    try withSession { session in
      try session.write(Frame(.text, "lent".bytes), Frame(.text, "behind".bytes))
      try session.ws.withReceivedFrame(timeout: patience) { _, bytes in
        #expect(failure { try session.ws.recvMsg(maxCount: 10, timeout: .forever) } == .busy)
        #expect(failure { try session.ws.withReceivedFrame(timeout: patience) { _, _ in } } == .busy)
        #expect(failure { try session.ws.receiveMessage(timeout: .forever) } == .busy)
        #expect(bytes.array == "lent".bytes)
      }
      #expect(try session.ws.receiveMessage(timeout: patience).text == "behind")
    }
  }

  @Test func `disconnecting from within ends the connection, and the bytes stay to the end of the body`() throws {
    try withSession { session in
      try session.write(Frame(.text, "lent".bytes), Frame(.text, "behind".bytes))
      try session.ws.withReceivedFrame(timeout: patience) { _, bytes in
        _ = try? session.disconnect(timeout: .milliseconds(50))
        #expect(bytes.array == "lent".bytes)
      }
      #expect(try session.peer.readFrame().opcode == .close)
    }
  }

  @Test(arguments: Role.all)
  func `a frame can be echoed from within`(role: Role) throws {
    let payload = pattern(size: 50_000, seed: 6)
    try withSession(role) { session in
      let echo = BlockingThread {
        for _ in 0..<3 {
          try session.ws.withReceivedFrame(timeout: patience) { frame, bytes throws(WebSocketError) in
            _ = try session.ws.sendMsg(bytes, opcode: frame.isText ? .text : .binary)
          }
        }
      }
      try session.write(Frame(.binary, payload), Frame(.text, "grüße".bytes), Frame(.binary))
      let frames = try session.peer.readFrames(3)
      #expect(equal(frames[0].payload, payload))
      #expect(frames[1].unmasked == Frame(.text, "grüße".bytes))
      #expect(frames[2].unmasked == Frame(.binary))
      try echo.join()
    }
  }

  @Test func `what the body throws is thrown; the frame is taken and the connection goes on`() throws {
    try withSession { session in
      try session.write(Frame(.text, "one".bytes), Frame(.text, "two".bytes))
      let error = failure {
        try session.ws.withReceivedFrame(timeout: patience) { _, _ throws(WebSocketError) in
          throw .invalidArgument(.emptyBuffer)
        }
      }
      #expect(error == .invalidArgument(.emptyBuffer))
      #expect(try session.ws.receiveMessage(timeout: patience).text == "two")
    }
  }

  @Test func `a body that fails of something of its own returns a Result`() throws {
    struct TooShort: Error {}
    try withSession { session in
      try session.write(Frame(.binary, [1]))
      func read() throws(WebSocketError) -> Result<[UInt8], TooShort> {
        try session.ws.withReceivedFrame(timeout: patience) { _, bytes in
          bytes.byteCount < 2 ? .failure(TooShort()) : .success(bytes.array)
        }
      }
      #expect(throws: TooShort.self) { try read().get() }
      #expect(throws: TooShort.self) {
        try session.ws.withCork { () throws(WebSocketError) -> Result<Void, TooShort> in
          try session.ws.sendMsg([7])
          return .failure(TooShort())
        }.get()
      }
      // What was sent before has left.
      #expect(try session.peer.readFrame().payload == [7])
    }
  }

  @Test func `CLOSE is answered before its body is lent`() throws {
    try withSession(.server, over: .memory) { session in
      try session.write(Frame(closing: 1000))
      try session.ws.withReceivedFrame(timeout: patience) { frame, _ in
        #expect(frame.isClose)
        #expect((try? session.peer.readFrame().unmasked) == Frame(closing: 1000))
      }
      #expect(try session.peer.readAvailable() == [])
    }
  }
}
