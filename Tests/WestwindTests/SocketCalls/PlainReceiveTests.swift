import SystemPackage
import Testing
import WebSocketProtocol
import Westwind
import WestwindSockets
import WestwindTestSupport

/// `recv` and `recvmsg` on a ws descriptor.
struct PlainReceiveTests {
  @Test(arguments: Role.all, Wire.allCases)
  func `recv gives the payload of data frames, and passes over control frames and empty ones`(role: Role, wire: Wire)
    throws
  {
    try withSession(role, over: wire) { session in
      let descriptor = session.ws.descriptor
      try session.write(
        Frame(.ping, "ping".bytes), Frame(.text), Frame(.pong, "pong".bytes), Frame(.text, "one".bytes, isFinal: false),
        Frame(.continuation, isFinal: false), Frame(.ping, "!".bytes), Frame(.continuation, "two".bytes),
        Frame(.binary, [1, 2]))
      #expect(try descriptor.recv(maxCount: 100, timeout: patience).text == "one")
      #expect(try descriptor.recv(maxCount: 2).text == "tw")
      #expect(try descriptor.recv(maxCount: 100).text == "o")
      #expect(try descriptor.recv(maxCount: 100) == [1, 2])
      #expect(errno { try descriptor.recv(maxCount: 100, flags: .dontWait) } == .wouldBlock)
      #expect(
        try session.peer.readFrames(2).map { $0.unmasked } == [Frame(.pong, "ping".bytes), Frame(.pong, "!".bytes)])
    }
  }

  @Test
  func `in manual mode too the bodies of control frames are no data, and what the caller does not see is answered`()
    throws
  {
    try withSession(options: options { $0.controlFrames = .manual }) { session in
      let descriptor = session.ws.descriptor
      try session.write(Frame(.ping, "ping".bytes), Frame(.text, "data".bytes), Frame(closing: 1000, "reason"))
      #expect(try descriptor.recv(maxCount: 100, timeout: patience).text == "data")
      #expect(try descriptor.recv(maxCount: 100, timeout: patience) == [])
      #expect(
        try session.peer.readFrames(2).map { $0.unmasked } == [Frame(.pong, "ping".bytes), Frame(closing: 1000)])
      #expect(try session.peer.readAvailable() == [])
    }
  }

  @Test func `it returns 0 at the end of the stream, and from then on`() throws {
    for wire in Wire.allCases {
      try withSession(over: wire) { (session) throws in
        session.peer.close()
        for _ in 0..<3 { #expect(try session.ws.descriptor.recv(maxCount: 100, timeout: patience) == []) }
      }
    }
  }

  @Test func `a violation and a broken stream are errors, not the end`() throws {
    try withSession { session in
      try session.write(Frame(.continuation))
      #expect(errno { try session.ws.descriptor.recv(maxCount: 100, timeout: patience) } == Errno(rawValue: 71))
      #expect(try session.ws.descriptor.recv(maxCount: 100, timeout: patience) == [])
    }
    try withSession { session in
      try session.ws.sendMsg("never read")
      #expect(try session.peer.socket.poll(for: .readable, timeout: patience) == .readable)
      session.peer.close()
      #expect(errno { try session.ws.descriptor.recv(maxCount: 100, timeout: patience) } == .connectionReset)
    }
  }

  @Test func `MSG_PEEK leaves what it shows`() throws {
    try withSession(.server) { session in
      let descriptor = session.ws.descriptor
      try session.write(Frame(.text, "hällo".bytes), Frame(.text, "next".bytes))
      for _ in 0..<2 {
        #expect(try descriptor.recv(maxCount: 3, flags: .peek, timeout: patience) == Array("hällo".utf8.prefix(3)))
        #expect(try descriptor.recv(maxCount: 100, flags: .peek).text == "hällo")
      }
      #expect(try descriptor.recv(maxCount: 2) == Array("hä".utf8.prefix(2)))
      #expect(try descriptor.recv(maxCount: 100, flags: .peek).count == 4)
      #expect(try descriptor.recv(maxCount: 100).count == 4)
      #expect(try descriptor.recv(maxCount: 100, flags: .peek).text == "next")
      #expect(try session.ws.receiveMessage(timeout: .immediate).text == "next")
      #expect(errno { try descriptor.recv(maxCount: 100, flags: [.peek, .dontWait]) } == .wouldBlock)
    }
  }

  @Test func `MSG_PEEK at CLOSE says the end, and leaves CLOSE to recvMsg`() throws {
    try withSession(.server) { session in
      try session.write(Frame(closing: 1000, "enough"))
      for _ in 0..<2 { #expect(try session.ws.descriptor.recv(maxCount: 10, flags: .peek, timeout: patience) == []) }
      #expect(try session.ws.receiveMessage(timeout: patience).isClose)
      #expect(try session.ws.closeStatus() == CloseStatus(code: .normal, reason: "enough"))
      #expect(try session.peer.readFrame().closeCode == 1000)
    }
  }

  @Test(arguments: Role.all)
  func `MSG_WAITALL fills the buffer across frames`(role: Role) throws {
    try withSession(role) { session in
      let reader = BlockingThread { try session.ws.descriptor.recv(maxCount: 10, flags: .waitForAll) }
      for text in ["abc", "", "defg"] {
        try session.write(Frame(.text, text.bytes), Frame(.ping))
        try session.peer.waitUntilTaken()
      }
      try session.write(Frame(.text, "hij".bytes), Frame(.text, "rest".bytes))
      #expect(try reader.join().text == "abcdefghij")
      #expect(try session.ws.descriptor.recv(maxCount: 10, timeout: patience).text == "rest")
    }
  }

  @Test func `MSG_WAITALL gives less at the end of the stream, and when the time is over`() throws {
    try withSession { session in
      try session.deliver(Frame(.text, "abc".bytes))
      #expect(
        try session.ws.descriptor.recv(maxCount: 10, flags: .waitForAll, timeout: .milliseconds(30)).text == "abc")
      #expect(
        errno { try session.ws.descriptor.recv(maxCount: 10, flags: .waitForAll, timeout: .milliseconds(30)) }
          == .wouldBlock)
      try session.write(Frame(.text, "def".bytes), Frame(closing: 1000))
      #expect(try session.ws.descriptor.recv(maxCount: 10, flags: .waitForAll).text == "def")
      #expect(try session.ws.descriptor.recv(maxCount: 10, flags: .waitForAll) == [])
    }
  }

  @Test func `a buffer without room takes nothing, as on a socket`() throws {
    try withSession { session in
      try session.write(Frame(.text, "x".bytes))
      #expect(try session.ws.descriptor.recv(maxCount: 0) == [])
      #expect(try session.ws.descriptor.recv(maxCount: 1) == [0x78])
    }
  }

  @Test func `recvmsg gives type and remaining too`() throws {
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 4, alignment: 1)
    defer { memory.deallocate() }
    try withSession { session in
      func receive() throws -> (ReceivedMetadata, [UInt8]) {
        var output = OutputRawSpan(buffer: memory, initializedCount: 0)
        let metadata = try session.ws.descriptor.recvmsg(into: &output, timeout: patience)
        return (metadata, Array(memory[..<metadata.count]))
      }
      try session.write(
        Frame(.text, "hello".bytes, isFinal: false), Frame(.ping), Frame(.continuation, "!".bytes), Frame(closing: 1000)
      )
      let expected: [(String, MessageType, UInt64)] = [
        ("hell", .text, 1), ("o", .text, 0), ("!", [.text, .continuation, .final], 0), ("", [], 0),
      ]
      for (text, type, remaining) in expected {
        let (metadata, bytes) = try receive()
        #expect(
          metadata == ReceivedMetadata(count: text.utf8.count, type: type.rawValue, remaining: remaining))
        #expect(bytes.text == text)
      }
    }
  }

  @Test func `shutdown of reading ends it, for a blocked reader too, and sending goes on`() throws {
    try withSession { session in
      let reader = try SleepingThread { try session.ws.descriptor.recv(maxCount: 10) }
      try session.ws.descriptor.shutdown(.read)
      #expect(try reader.join() == [])
      #expect(try session.ws.descriptor.recv(maxCount: 10) == [])
      #expect(failure { try session.ws.recvMsg(maxCount: 10) }?.errno == .socketNotConnected)
      #expect(try pollsReadable(session.ws.rawValue, .immediate))
      #expect(try session.ws.closeStatus() == nil)
      try session.ws.sendMsg("still")
      #expect(try session.peer.readFrame().payload.text == "still")
    }
  }
}
