import PerMessageDeflate
import Testing
import WebSocketEngine
import WebSocketProtocol
import WestwindTestSupport

/// The receiving calls on compressed messages: they speak of the bytes after inflation.
struct CompressedReceiveTests {
  @Test(arguments: Role.all, [1, 7, 199])
  func `what remains counts inflated bytes, on every piece, with a second frame behind`(role: Role, size: Int) throws {
    let payload = compressible(size: 400)
    try withCompression(role) { (session, codec) throws in
      try session.write(codec.frame(.binary, payload), codec.frame(.text, "next".bytes))
      #expect(
        try session.peekMsg()
          == ReceivedMessage(count: 0, type: [.binary, .final], remaining: 400))
      var received: [UInt8] = []
      while received.count < 400 {
        let (message, piece) = try session.recvMsg(maxCount: size)
        #expect(piece.count == min(size, 400 - received.count))
        received += piece
        #expect(
          message
            == ReceivedMessage(
              count: piece.count, type: [.binary, .final], remaining: UInt64(400 - received.count)))
        if received.count < 400 {
          #expect(try session.peekMsg().remaining == message.remaining)
        }
      }
      #expect(received == payload)
      #expect(try session.receiveMessage().text == "next")
    }
  }

  @Test(arguments: Role.all)
  func `fragments keep their kind, with control frames between`(role: Role) throws {
    try withCompression(role, options: { $0.answersControlFrames = false }) { (session, codec) throws in
      try session.write(
        codec.frame(.text, "abc".bytes, isFinal: false), Frame(.ping, [1]),
        codec.frame(.continuation, [], isFinal: false), Frame(.pong), codec.frame(.continuation, "def".bytes),
        codec.frame(.binary, []))
      for (text, type, remaining) in [
        ("ab", [.text], 1), ("c", [.text], 0), ("\u{1}", [.ping, .final], 0), ("", [.text, .continuation], 0),
        ("", [.pong, .final], 0), ("de", [.text, .continuation, .final], 1), ("f", [.text, .continuation, .final], 0),
        ("", [.binary, .final], 0),
      ] as [(String, MessageType, UInt64)] {
        let (message, payload) = try session.recvMsg(maxCount: 2)
        #expect(payload.text == text)
        #expect(message == ReceivedMessage(count: text.utf8.count, type: type, remaining: remaining))
      }
      #expect(failure { try session.recvMsg(maxCount: 10) } == .wouldBlock)
    }
  }

  @Test func `a message cut into frames at any byte, without regard to blocks, is the same message`() throws {
    try withCompression { (session, codec) throws in
      let payload = compressible(size: 300)
      for size in [1, 2, 3, 10, 40] {
        let whole = try codec.frame(.binary, payload).payload
        var frames: [Frame] = []
        for start in stride(from: 0, to: whole.count, by: size) {
          frames.append(
            Frame(
              start == 0 ? .binary : .continuation, Array(whole[start..<min(start + size, whole.count)]),
              isFinal: start + size >= whole.count, reservedBits: start == 0 ? FrameHeader.rsv1 : 0))
        }
        session.peer.write(frames.bytes)
        #expect(equal(try session.receiveMessage().payload, payload))
      }
    }
  }

  @Test(arguments: Role.all)
  func `a frame that comes byte by byte is delivered once it is whole, and no timeout loses any of it`(
    role: Role
  ) throws {
    try withCompression(role) { (session, codec) throws in
      let payload = compressible(size: 200)
      let bytes = session.bytes(try codec.frame(.text, payload))
      for byte in bytes.dropLast() {
        session.peer.write([byte])
        #expect(failure { try session.recvMsg(maxCount: 10) } == .wouldBlock)
      }
      session.peer.write([bytes.last!])
      #expect(try session.recvMsg(maxCount: 1000).payload == payload)
    }
  }

  @Test(arguments: Role.all, [true, false])
  func `messages of every size come whole, with the context and without`(role: Role, keepsContext: Bool) throws {
    let parameters = PerMessageDeflateParameters(
      serverNoContextTakeover: !keepsContext, clientNoContextTakeover: !keepsContext)
    try withCompression(role, parameters) { (session, codec) throws in
      for size in [0, 1, 125, 126, 65535, 65536, 65537, 131_072, 300_000] {
        for payload in [compressible(size: size), pattern(size: size, seed: 1), [UInt8](repeating: 0, count: size)] {
          session.write(try codec.frame(.binary, payload))
          #expect(difference(try session.receiveMessage().payload, payload) == nil)
        }
      }
      #expect(session.engine.receiving.bytesReceived == 627_932 * 3)
    }
  }

  @Test func `a borrowed frame is lent whole, or what pieces have left of it`() throws {
    try withCompression { (session, codec) throws in
      let payload = compressible(size: 200_000)
      try session.write(
        codec.frame(.binary, payload), codec.frame(.text, "grüße".bytes), codec.frame(.binary, []))
      try session.withReceivedFrame { frame, bytes in
        #expect(frame == ReceivedMessage(count: 200_000, type: [.binary, .final], remaining: 0))
        #expect(bytes.byteCount == 200_000)
        #expect(bytes.unsafeLoad(fromByteOffset: 199_999, as: UInt8.self) == payload[199_999])
      }
      try session.sendMsg("seen")
      #expect(try codec.readMessage(from: session.peer).text == "seen")
      #expect(try session.recvMsg(maxCount: 2).payload.text == "gr")
      try session.withReceivedFrame { frame, bytes in
        #expect(frame == ReceivedMessage(count: 5, type: [.text, .final], remaining: 0))
      }
      try session.withReceivedFrame { frame, bytes in
        #expect(frame == ReceivedMessage(count: 0, type: [.binary, .final], remaining: 0))
        #expect(bytes.byteCount == 0)
      }
    }
  }

  @Test(arguments: Role.all, [64, 71, 1000])
  func `a caller's own receive buffer serves compressed frames too, whatever the library's size is set to`(
    role: Role, size: Int
  ) throws {
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 8)
    defer { memory.deallocate() }
    let buffer = memory
    for frameSize in [65536, 64, 0, -1] {
      try withCompression(role) {
        $0.lent = buffer
        $0.inflatedFrame = frameSize
      } _: { (session, codec) throws in
        for payload in [compressible(size: 5000), pattern(size: 3000, seed: 4), []] {
          try session.write(codec.frame(.binary, payload))
          #expect(equal(try session.receiveMessage().payload, payload))
        }
      }
    }
  }

  @Test func `with manual control frames a CLOSE is delivered behind the message before it`() throws {
    try withCompression { (session, codec) throws in
      try session.write(codec.frame(.text, "last".bytes), Frame(closing: 1000))
      #expect(try session.receiveMessage().text == "last")
      #expect(try session.receiveMessage().isClose)
      #expect(try session.peer.readFrame().closeCode == 1000)
    }
  }
}
