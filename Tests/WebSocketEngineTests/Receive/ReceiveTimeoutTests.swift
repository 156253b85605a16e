import Testing
import WebSocketEngine
import WebSocketProtocol
import WestwindTestSupport

/// Receiving that has to stop, since nothing more is there yet.
struct ReceiveTimeoutTests {
  @Test(arguments: Role.all)
  func `a piece cut by the timeout has its type and what remains`(role: Role) throws {
    try withSession(role) { (session) throws in
      let bytes = session.bytes(Frame(.text, "hello".bytes, isFinal: false), Frame(.continuation, "world".bytes))
      let end = bytes.count - 3
      session.peer.write(Array(bytes[..<end]))
      #expect(
        try session.recvMsg(maxCount: 100).message
          == ReceivedMessage(count: 5, type: [.text], remaining: 0))
      let (message, payload) = try session.recvMsg(maxCount: 100)
      #expect(message == ReceivedMessage(count: 2, type: [.text, .continuation, .final], remaining: 3))
      #expect(payload.text == "wo")
      #expect(failure { try session.recvMsg(maxCount: 100) } == .wouldBlock)
      session.peer.write(Array(bytes[end...]))
      let (rest, last) = try session.recvMsg(maxCount: 100)
      #expect(rest == ReceivedMessage(count: 3, type: [.text, .continuation, .final], remaining: 0))
      #expect(last.text == "rld")
    }
  }

  @Test(arguments: Role.all)
  func `Field defect 12: the stream may pause at every byte, with a timeout in each pause`(role: Role) throws {
    try withSession(role) { (session) throws in
      let bytes = session.bytes(Frame(.text, "grüße".bytes), Frame(.ping, [1]), Frame(.binary, [1, 2], isFinal: false))
      var text: [UInt8] = []
      var binary: [UInt8] = []
      for byte in bytes {
        session.peer.write([byte])
        guard let (message, payload) = try? session.recvMsg(maxCount: 100) else { continue }
        if message.isText { text += payload } else { binary += payload }
      }
      #expect(text.text == "grüße")
      #expect(binary == [1, 2])
      #expect(try session.peer.readFrame().unmasked == Frame(.pong, [1]))
    }
  }

  @Test func `large payload straight into the caller's memory is cut by the timeout just so`() throws {
    let payload = pattern(size: 200_000, seed: 3)
    try withSession { (session) throws in
      let bytes = Frame(.binary, payload).bytes
      session.peer.write(Array(bytes.prefix(10 + 120_000)))
      let (message, first) = try session.recvMsg(maxCount: 200_000)
      #expect(message == ReceivedMessage(count: 120_000, type: [.binary, .final], remaining: 80_000))
      session.peer.write(Array(bytes.dropFirst(10 + 120_000)))
      let (rest, second) = try session.recvMsg(maxCount: 200_000)
      #expect(rest == ReceivedMessage(count: 80_000, type: [.binary, .final], remaining: 0))
      #expect(difference(first + second, payload) == nil)
    }
  }

  @Test func `a stream that ends inside a frame gives what came, then ENOTCONN`() throws {
    try withSession { (session) throws in
      session.peer.write(Array(Frame(.binary, [1, 2, 3, 4]).bytes.dropLast(2)))
      session.peer.close()
      let (message, payload) = try session.recvMsg(maxCount: 10)
      #expect(message == ReceivedMessage(count: 2, type: [.binary, .final], remaining: 2))
      #expect(payload == [1, 2])
      for _ in 0..<2 {
        let error = failure { try session.recvMsg(maxCount: 10) }
        #expect(error == .ended)
        #expect(session.closeStatus == CloseStatus(code: .abnormal))
      }
    }
  }

  @Test func `the end of the stream is ENOTCONN, at once and again`() throws {
    try withSession { (session) throws in
      session.peer.close()
      for _ in 0..<2 {
        #expect(failure { try session.recvMsg(maxCount: 10) } == .ended)
      }
      #expect(session.closeStatus == CloseStatus(code: .abnormal))
    }
  }
}
