import Testing
import WebSocketProtocol
import Westwind

/// The same calls on the several kinds of memory, and for whole messages.
struct CallFormTests {
  @Test func `recvMsg appends to an output span of bytes, behind what is there`() throws {
    try withSession { session in
      try session.write(Frame(.text, "hello".bytes), Frame(.text, "!".bytes))
      var first: ReceivedMessage?
      let bytes = try [UInt8](capacity: 16) { output throws(WebSocketError) in
        output.append(0x3E)
        first = try session.ws.recvMsg(into: &output, timeout: patience)
        _ = try session.ws.recvMsg(into: &output, timeout: patience)
      }
      #expect(bytes.text == ">hello!")
      #expect(first == ReceivedMessage(count: 5, type: [.text, .final], remaining: 0))
    }
  }

  @Test func `recvMsg fills a buffer from its beginning, no further than the frame; one without room is EINVAL`() throws
  {
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 16, alignment: 1)
    defer { memory.deallocate() }
    memory.copyBytes(from: [UInt8](repeating: 0xA5, count: 16))
    try withSession(.server) { session in
      try session.write(Frame(.binary, [1, 2, 3]))
      #expect(failure { try session.ws.recvMsg(maxCount: 0, timeout: patience) } == .invalidArgument(.emptyBuffer))
      let message = try session.ws.recvMsg(into: memory, timeout: patience)
      #expect(message == ReceivedMessage(count: 3, type: [.binary, .final], remaining: 0))
      #expect(Array(memory) == [1, 2, 3] + [UInt8](repeating: 0xA5, count: 13))
    }
  }

  @Test func `recvMsg appends to a raw output span`() throws {
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 8, alignment: 1)
    defer { memory.deallocate() }
    try withSession { session in
      try session.write(Frame(.binary, [1, 2, 3]), Frame(.binary, [UInt8](4...20)))
      var output = OutputRawSpan(buffer: memory, initializedCount: 0)
      #expect(try session.ws.recvMsg(into: &output, timeout: patience).count == 3)
      #expect(try session.ws.recvMsg(into: &output, timeout: patience).remaining == 12)
      #expect(output.byteCount == 8)
      #expect(Array(memory) == [UInt8](1...8))
    }
  }

  @Test func `sendMsg takes arrays, text, raw spans and buffers`() throws {
    try withSession { (session) throws in
      #expect(try session.ws.sendMsg([1, 2]) == 2)
      #expect(try session.ws.sendMsg("ä") == 2)
      let bytes: [UInt8] = [5, 6, 7]
      #expect(try session.ws.sendMsg(bytes.span.bytes, opcode: .binary) == 3)
      #expect(try bytes.withUnsafeBytes { try session.ws.sendMsg($0, opcode: .ping) } == 3)
      #expect(try session.ws.sendMsg(RawSpan(), opcode: .text) == 0)
      #expect(
        try session.peer.readFrames(5).map { $0.unmasked } == [
          Frame(.binary, [1, 2]), Frame(.text, "ä".bytes), Frame(.binary, [5, 6, 7]), Frame(.ping, [5, 6, 7]),
          Frame(.text),
        ])
    }
  }

  @Test(arguments: Role.all, [.text, .binary] as [Opcode])
  func `it joins fragments`(role: Role, kind: Opcode) throws {
    try withSession(role) { session in
      try session.write(
        Frame(kind, "one ".bytes, isFinal: false), Frame(.continuation, isFinal: false),
        Frame(.continuation, "two ".bytes, isFinal: false), Frame(.continuation, "three".bytes),
        Frame(kind), Frame(kind, "next".bytes))
      for text in ["one two three", "", "next"] {
        let message = try session.ws.receiveMessage(timeout: patience)
        #expect(message == (kind == .text ? .text(text) : .binary(text.bytes)))
        #expect(message.text == (kind == .text ? text : nil))
        #expect(message.binary == (kind == .text ? nil : text.bytes))
        #expect(!message.isClose)
      }
    }
  }
}
