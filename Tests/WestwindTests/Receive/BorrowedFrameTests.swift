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

  @Test(arguments: Role.all)
  func `a frame larger than the buffer comes in pieces that fill it`(role: Role) throws {
    let payload = pattern(size: 10_000, seed: 4)
    try withSession(role, options: options { $0.receiveBufferSize = 4096 }) { session in
      try session.write(Frame(.binary, payload), Frame(.text, "behind".bytes))
      var received: [UInt8] = []
      for _ in 0..<3 {
        let left = 10_000 - received.count
        let remaining = try session.ws.withReceivedFrame(timeout: patience) { frame, bytes in
          received += bytes.array
          // A header's room comes on top of the buffer.
          #expect(frame.count >= min(4096, left))
          return frame.remaining
        }
        #expect(remaining == UInt64(10_000 - received.count))
      }
      #expect(difference(received, payload) == nil)
      #expect(try session.ws.receiveMessage(timeout: patience).text == "behind")
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

  @Test func `where the time is over with part of a frame there, that part is lent`() throws {
    try withSession { session in
      try session.peer.deliver(Frame(.text).header(claiming: 10) + "hello".bytes)
      try session.ws.withReceivedFrame(timeout: .milliseconds(50)) { frame, bytes in
        #expect(frame == ReceivedMessage(count: 5, type: [.text, .final], remaining: 5))
        #expect(bytes.array.text == "hello")
      }
      #expect(failure { try session.ws.withReceivedFrame(timeout: .immediate) { _, _ in } } == .wouldBlock)
      try session.peer.write("world")
      try session.ws.withReceivedFrame(timeout: patience) { frame, bytes in
        #expect(frame == ReceivedMessage(count: 5, type: [.text, .final], remaining: 0))
        #expect(bytes.array.text == "world")
      }
    }
  }

  @Test func `behind a partial recvMsg it lends the rest of the frame`() throws {
    try withSession(.server) { session in
      try session.write(Frame(.binary, [1, 2, 3, 4, 5]))
      #expect(try session.ws.recvMsg(maxCount: 2, timeout: patience).payload == [1, 2])
      try session.ws.withReceivedFrame(timeout: patience) { frame, bytes in
        #expect(frame == ReceivedMessage(count: 3, type: [.binary, .final], remaining: 0))
        #expect(bytes.array == [3, 4, 5])
      }
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

  @Test func `CLOSE is lent too, and behind it is the end`() throws {
    try withSession { session in
      try session.write(Frame(closing: 1000, "bye"))
      try session.ws.withReceivedFrame(timeout: patience) { frame, bytes in
        #expect(frame == ReceivedMessage(count: 5, type: [.close, .final], remaining: 0))
        #expect(bytes.array == Frame(closing: 1000, "bye").payload)
      }
      #expect(failure { try session.ws.withReceivedFrame { _, _ in } }?.errno == .socketNotConnected)
    }
  }

  @Test func `text that is not UTF-8 is never lent`() throws {
    try withSession { session in
      try session.write(Frame(.text, [0x61, 0xFF]))
      let error = failure { try session.ws.withReceivedFrame(timeout: patience) { _, _ in Issue.record("lent") } }
      #expect(error == .protocolViolation(.textNotUTF8))
      #expect(try session.peer.readFrame().closeCode == 1007)
    }
  }

  @Test func `a stream that ends inside a frame: what came is lent, then ENOTCONN`() throws {
    try withSession { session in
      try session.peer.write(Frame(.binary).header(claiming: 10) + [1, 2])
      session.peer.close()
      try session.ws.withReceivedFrame(timeout: patience) { frame, bytes in
        #expect(frame == ReceivedMessage(count: 2, type: [.binary, .final], remaining: 8))
      }
      #expect(failure { try session.ws.withReceivedFrame(timeout: patience) { _, _ in } }?.errno == .socketNotConnected)
    }
  }
}
