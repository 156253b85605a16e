import SystemPackage
import Testing
import WebSocketProtocol
import Westwind
import WestwindTestSupport

/// `receiveMessage`: whole messages.
struct ReceiveMessageTests {
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

  @Test func `in manual mode a control frame between fragments is told first, and the message is whole after it`()
    throws
  {
    try withSession(options: options { $0.controlFrames = .manual }) { session in
      try session.write(
        Frame(.text, "a".bytes, isFinal: false), Frame(.ping, [1]), Frame(.pong), Frame(.continuation, "b".bytes))
      #expect(try session.ws.receiveMessage(timeout: patience) == .ping([1]))
      #expect(try session.ws.receiveMessage(timeout: patience) == .pong([]))
      #expect(try session.ws.receiveMessage(timeout: patience) == .text("ab"))
    }
  }

  @Test(arguments: [WebSocketOptions.ControlFrames.automatic, .manual])
  func `CLOSE is a message too, with the peer's code and reason`(mode: WebSocketOptions.ControlFrames) throws {
    try withSession(options: options { $0.controlFrames = mode }) { session in
      try session.write(Frame(closing: 4000, "off – später"))
      let status = CloseStatus(code: CloseCode(rawValue: 4000), reason: "off – später")
      let message = try session.ws.receiveMessage(timeout: patience)
      #expect(message == .close(status))
      #expect(message.isClose)
      #expect(message.text == nil && message.binary == nil)
      #expect(failure { try session.ws.receiveMessage(timeout: patience) } == .notConnected(status))
    }
  }

  @Test(arguments: [WebSocketOptions.ControlFrames.automatic, .manual])
  func `CLOSE without a code is told as noStatus`(mode: WebSocketOptions.ControlFrames) throws {
    try withSession(options: options { $0.controlFrames = mode }) { session in
      try session.write(Frame(.close))
      #expect(try session.ws.receiveMessage(timeout: patience) == .close(CloseStatus(code: .noStatus)))
    }
  }

  /// As in Zephyr: nothing looks at it before the caller does.
  @Test(
    arguments: [
      ([3], CloseStatus(code: .noStatus)),
      ([0, 0], CloseStatus(code: CloseCode(rawValue: 0))),
      ([3, 237], CloseStatus(code: .noStatus)),
      ([3, 232, 0xFF, 0x61], CloseStatus(code: .normal, reason: "\u{FFFD}a")),
      ([255, 255, 0xC3], CloseStatus(code: CloseCode(rawValue: 65535), reason: "\u{FFFD}")),
    ] as [([UInt8], CloseStatus)])
  func `in manual mode CLOSE may have any body`(body: [UInt8], status: CloseStatus) throws {
    try withSession(options: options { $0.controlFrames = .manual }) { session in
      try session.write(Frame(.close, body))
      #expect(try session.ws.receiveMessage(timeout: patience) == .close(status))
      #expect(try session.ws.closeStatus() == status)
    }
  }

  @Test(arguments: Role.all, [true, false])
  func `a text is the string that was sent, whatever its characters, lengths and fragments`(
    role: Role, isASCII: Bool
  ) throws {
    try withSession(role, over: .memory) { session in
      for length in Array(0...40) + [125, 126, 1000, 65535, 65536, 100_000] {
        let unit = isASCII ? "plain text " : "grüße→🌬水é"
        let text = String(String(repeating: unit, count: length / unit.count + 1).prefix(length))
        let cut = text.utf8.count / 3
        try session.write(
          Frame(.text, Array(text.utf8.prefix(cut)), isFinal: false),
          Frame(.continuation, Array(text.utf8.dropFirst(cut))))
        let received = try session.ws.receiveMessage(timeout: patience)
        #expect(received == .text(text))
        #expect(received.hashValue == WebSocketMessage.text(text).hashValue)
        #expect(received.text?.count == length)
        #expect(received.text?.utf8.elementsEqual(text.utf8) == true)
      }
    }
  }

  @Test func `Field defect 16: the limits are options, and the error names the limit`() throws {
    try withSession(options: options { $0.maxMessageSize = 2 }) { session in
      try session.write(Frame(.binary, [1, 2, 3]))
      #expect(
        failure { try session.ws.receiveMessage(timeout: patience) }?.description
          == "a message was over the limit of 2 bytes (maxMessageSize)")
    }
    // By default a message of a megabyte and a half is nothing special.
    let payload = pattern(size: 1_500_000, seed: 16)
    let (socket, peer) = try memoryPair(capacity: 2_000_000)
    try withSession(.client, socket, peer) { session in
      try session.peer.write(Frame(.binary, payload).bytes)
      #expect(equal(try session.ws.receiveMessage(timeout: patience).binary, payload))
    }
  }

  @Test func `text of which another call took a part is still text`() throws {
    try withSession(over: .memory) { session in
      try session.write(Frame(.text, [0x61, 0xC3, 0xA9, 0x62]))
      #expect(try session.ws.recvMsg(maxCount: 2, timeout: patience).payload == [0x61, 0xC3])
      #expect(try session.ws.receiveMessage(timeout: patience) == .text("\u{FFFD}b"))
    }
  }

  @Test func `a message whose rest another call took is not the beginning of the next`() throws {
    try withSession(over: .memory) { session in
      try session.write(Frame(.text, "a".bytes, isFinal: false))
      #expect(failure { try session.ws.receiveMessage(timeout: .immediate) } == .wouldBlock)
      try session.write(Frame(.continuation, "b".bytes), Frame(.binary, [0xFF, 0xF0]))
      #expect(try session.ws.recvMsg(maxCount: 10, timeout: patience).payload == "b".bytes)
      #expect(try session.ws.receiveMessage(timeout: patience) == .binary([0xFF, 0xF0]))
    }
  }
}
