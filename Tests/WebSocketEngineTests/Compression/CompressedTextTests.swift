import PerMessageDeflate
import Testing
import WebSocketEngine
import WebSocketProtocol
import WestwindTestSupport

/// Text is UTF-8 after inflation (RFC 7692 6.2), over all frames of a message.
struct CompressedTextTests {
  @Test(
    arguments: [
      [[0xFF]], [[0x61], [0xC0]], [[0xE2, 0x82], [0x41]], [[0xE2, 0x82], []], [[0xF0], [0x9F], [0x8C]],
    ] as [[[UInt8]]], Role.all)
  func `text that is not UTF-8 fails the connection with 1007, wherever the frames are cut`(
    parts: [[UInt8]], role: Role
  ) throws {
    try withCompression(role) { (session, codec) throws in
      for (i, part) in parts.enumerated() {
        try session.write(
          codec.frame(i == 0 ? .text : .continuation, part, isFinal: i == parts.count - 1))
      }
      #expect(failure { try session.receiveMessage() } == .violation(.textNotUTF8))
      #expect(try session.peer.readFrame().closeCode == 1007)
      #expect(failure { try session.receiveMessage() } == .ended)
    }
  }

  @Test func `text is found wrong at the first byte that makes it so, with the frame half there`() throws {
    try withCompression { (session, codec) throws in
      let text = pattern(size: 2000, seed: 1).map { $0 & 0x7F }
      let bytes = session.bytes(try codec.frame(.text, text[..<1000] + [0xFF] + text[1000...]))
      session.peer.write(Array(bytes[..<(bytes.count - 100)]))
      #expect(failure { try session.receiveMessage() } == .violation(.textNotUTF8))
    }
  }

  @Test(arguments: [true, false])
  func `of two faults the first is told, whether the frame comes at once or byte by byte`(atOnce: Bool) throws {
    let text = compressible(size: 500) + [0xFF]
    for limit in [10_000, 600] {
      try withCompression(options: { $0.maxMessageSize = limit }) { (session, codec) throws in
        // Behind the bad text a block of no kind, or more than the limit.
        var frame = try codec.frame(.text, text + (limit == 600 ? compressible(size: 500) : []), isFinal: false)
        frame.payload += [0xFF, 0xFF]
        frame.isFinal = true
        if atOnce {
          session.write(frame)
        } else {
          for byte in session.bytes(frame) {
            session.peer.write([byte])
            guard (try? session.peekMsg()) == nil, session.closeStatus == nil else {
              break
            }
          }
        }
        let error = failure { try session.receiveMessage() }
        if atOnce { #expect(error == .violation(.textNotUTF8)) }
        #expect(try session.peer.readFrame().closeCode == 1007)
      }
    }
  }

  @Test(arguments: Role.all)
  func `characters may be cut by frames, and by the pieces in which they arrive`(role: Role) throws {
    try withCompression(role) { (session, codec) throws in
      let text = Array("→🌬 grüße 水".utf8)
      for cut in 0...text.count {
        try session.write(
          codec.frame(.text, Array(text[..<cut]), isFinal: false), codec.frame(.continuation, Array(text[cut...])))
        #expect(try session.receiveMessage().payload == text)
      }
      for byte in session.bytes(try codec.frame(.text, text)) {
        session.peer.write([byte])
        _ = try? session.peekMsg()
      }
      #expect(try session.receiveMessage().payload == text)
    }
  }

  @Test func `binary messages may be anything, also behind a text`() throws {
    try withCompression { (session, codec) throws in
      try session.write(codec.frame(.text, "a".bytes), codec.frame(.binary, [0xFF, 0xC0]))
      #expect(try session.receiveMessage().text == "a")
      #expect(try session.receiveMessage().payload == [0xFF, 0xC0])
    }
  }
}
