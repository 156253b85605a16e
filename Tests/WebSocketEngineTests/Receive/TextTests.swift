import Testing
import WebSocketEngine
import WebSocketProtocol
import WestwindTestSupport

/// Text is UTF-8 over the whole message, and is refused at the first byte that makes it otherwise.
struct TextTests {
  /// The receive fails with 1007 although the frame is not whole; the rest never comes.
  func expectRefusal(_ session: Session, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let error = failure { try session.receiveMessage() }
    #expect(error == .violation(.textNotUTF8), sourceLocation: sourceLocation)
    let close = try session.peer.readFrame()
    #expect(close.unmasked == Frame(closing: 1007), sourceLocation: sourceLocation)
    #expect(close.isMasked == (session.role == .client), sourceLocation: sourceLocation)
    #expect(
      failure { try session.receiveMessage() } == .ended,
      sourceLocation: sourceLocation)
  }

  static let badStarts: [[UInt8]] = [
    [0xFF], [0x80], [0xC0], [0xC1], [0xF5], [0xC3, 0x28], [0xE0, 0x80], [0xED, 0xA0], [0xF0, 0x80], [0xF4, 0x90],
    [0xE2, 0x82, 0x28], [0xF0, 0x9F, 0x98, 0x28],
  ]

  @Test(arguments: Role.all, badStarts)
  func `bad text is refused at its first bad byte, the rest of the frame not there yet`(role: Role, bad: [UInt8]) throws
  {
    try withSession(role) { (session) throws in
      let start = "good ".bytes + bad
      let frame = Frame(.text, start, key: role == .server ? Frame.sampleKey : nil)
      session.peer.write(frame.header(claiming: 1000) + frame.masking(start))
      try expectRefusal(session)
    }
  }

  @Test(arguments: Role.all, badStarts.filter { $0.count > 1 })
  func `bad text is refused across fragments`(role: Role, bad: [UInt8]) throws {
    for cut in 1..<bad.count {
      try withSession(role) { (session) throws in
        session.write(Frame(.text, Array(bad[..<cut]), isFinal: false), Frame(.ping))
        let frame = Frame(.continuation, Array(bad[cut...]), key: role == .server ? Frame.sampleKey : nil)
        session.peer.write(frame.header(claiming: 1000) + frame.masking(frame.payload))
        let error = failure { try session.receiveMessage() }
        #expect(error == .violation(.textNotUTF8))
        // The PONG for the PING between them, then CLOSE.
        #expect(try session.peer.readFrame().opcode == .pong)
        #expect(try session.peer.readFrame().closeCode == 1007)
      }
    }
  }

  @Test(arguments: Role.all)
  func `a sequence left unfinished at the end of the message is refused`(role: Role) throws {
    try withSession(role) { (session) throws in
      session.write(Frame(.text, [0xC3]))
      try expectRefusal(session)
    }
    try withSession(role) { (session) throws in
      session.write(Frame(.text, [0xE2, 0x82], isFinal: false), Frame(.continuation))
      try expectRefusal(session)
    }
  }

  @Test(arguments: Role.all)
  func `a sequence cut by fragments, empty ones too, is good`(role: Role) throws {
    let smiley = "😀".bytes
    try withSession(role) { (session) throws in
      session.write(
        Frame(.text, [smiley[0]], isFinal: false), Frame(.continuation, [smiley[1]], isFinal: false),
        Frame(.continuation, isFinal: false), Frame(.continuation, [smiley[2]], isFinal: false), Frame(.ping),
        Frame(.continuation, [smiley[3]], isFinal: false), Frame(.continuation))
      #expect(try session.receiveMessage().text == "😀")
    }
  }

  @Test func `a sequence cut by the caller's buffer and by segments is good`() throws {
    try withSession(.server) { (session) throws in
      let bytes = session.bytes(Frame(.text, "a😀b".bytes))
      var received: [UInt8] = []
      for byte in bytes {
        session.peer.write([byte])
        received += (try? session.recvMsg(maxCount: 1).payload) ?? []
      }
      #expect(received.text == "a😀b")
    }
  }

  @Test func `bad text in a large frame that goes straight to the caller is refused`() throws {
    var text = [UInt8](repeating: 0x61, count: 200_000)
    text[150_000] = 0xFF
    try withSession { (session) throws in
      session.write(Frame(.text, text))
      #expect(
        failure { try session.recvMsg(maxCount: 200_000) } == .violation(.textNotUTF8))
      #expect(try session.peer.readFrame().closeCode == 1007)
    }
  }

  @Test func `large text that goes straight to the caller is good, the cut sequences of each read included`() throws {
    let text = textPattern(size: 300_000, seed: 8)
    try withSession { (session) throws in
      session.segment = 7001
      session.write(Frame(.text, text.bytes))
      #expect(difference(try session.recvMsg(maxCount: 300_000).payload, text.bytes) == nil)
    }
  }

  @Test func `binary messages may hold anything`() throws {
    try withSession { (session) throws in
      session.write(Frame(.binary, [0xFF, 0xC3], isFinal: false), Frame(.continuation, [0x28]))
      #expect(try session.receiveMessage().payload == [0xFF, 0xC3, 0x28])
    }
  }
}
