import Testing
import WebSocketEngine
import WebSocketProtocol
import WestwindTestSupport

/// `receiveMessage`: whole messages.
struct ReceiveMessageTests {
  @Test(arguments: Role.all, [.text, .binary] as [Opcode])
  func `it joins fragments`(role: Role, kind: Opcode) throws {
    try withSession(role) { (session) throws in
      session.write(
        Frame(kind, "one ".bytes, isFinal: false), Frame(.continuation, isFinal: false),
        Frame(.continuation, "two ".bytes, isFinal: false), Frame(.continuation, "three".bytes),
        Frame(kind), Frame(kind, "next".bytes))
      let message = try session.receiveMessage()
      #expect(message.type == [kind == .text ? .text : .binary, .final])
      #expect(message.payload.text == "one two three")
      #expect(message.text == (kind == .text ? "one two three" : nil))
      #expect(try session.receiveMessage().payload == [])
      #expect(try session.receiveMessage().payload.text == "next")
    }
  }

  @Test func `it joins frames that are larger than any buffer`() throws {
    let payload = pattern(size: 500_000, seed: 11)
    try withSession(.server) { (session) throws in
      session.write(
        Frame(.binary, Array(payload[..<200_000]), isFinal: false), Frame(.ping),
        Frame(.continuation, Array(payload[200_000...])))
      #expect(difference(try session.receiveMessage().payload, payload) == nil)
    }
  }

  @Test(arguments: Role.all)
  func `it keeps what it has over a timeout, wherever that comes`(role: Role) throws {
    try withSession(role) { (session) throws in
      let bytes = session.bytes(
        Frame(.text, "grü".bytes, isFinal: false), Frame(.ping, [7]), Frame(.continuation, isFinal: false),
        Frame(.continuation, "ße".bytes))
      for byte in bytes.dropLast() {
        session.peer.write([byte])
        #expect(failure { try session.receiveMessage() } == .wouldBlock)
      }
      session.peer.write([bytes.last!])
      #expect(try session.receiveMessage().text == "grüße")
      #expect(failure { try session.receiveMessage() } == .wouldBlock)
    }
  }

  @Test func `in manual mode a control frame between fragments is told first, and the message is whole after it`()
    throws
  {
    try withSession(options: options { $0.answersControlFrames = false }) { (session) throws in
      session.write(
        Frame(.text, "a".bytes, isFinal: false), Frame(.ping, [1]), Frame(.pong), Frame(.continuation, "b".bytes))
      #expect(
        try session.receiveMessage() == Message(type: [.ping, .final], payload: [1]))
      #expect(try session.receiveMessage() == Message(type: [.pong, .final], payload: []))
      #expect(try session.receiveMessage().text == "ab")
    }
  }

  @Test func `CLOSE is a message too, its payload code and reason`() throws {
    try withSession { (session) throws in
      session.write(Frame(closing: 4000, "off"))
      let message = try session.receiveMessage()
      #expect(message.type == [.close, .final])
      #expect(message.payload == Frame(closing: 4000, "off").payload)
      #expect(message.text == nil)
      #expect(failure { try session.receiveMessage() } == .ended)
      #expect(session.closeStatus == CloseStatus(code: CloseCode(rawValue: 4000), reason: "off"))
    }
  }

  @Test func `a stream that ends inside a message is ENOTCONN`() throws {
    try withSession { (session) throws in
      session.write(Frame(.text, "half".bytes, isFinal: false))
      session.peer.close()
      #expect(failure { try session.receiveMessage() } == .ended)
    }
  }

  @Test(arguments: Role.all)
  func `a frame over the limit is EMSGSIZE here and 1009 there, before its payload has come`(role: Role) throws {
    try withSession(role) { (session) throws in
      let header = Frame(.binary, key: role == .server ? Frame.sampleKey : nil).header(claiming: 1001)
      session.peer.write(header)
      let error = failure { try session.receiveMessage(maxSize: 1000) }
      #expect(error == .messageTooBig(limit: 1000))
      #expect(try session.peer.readFrame().masked(nil) == Frame(closing: 1009))
      #expect(failure { try session.receiveMessage() } == .ended)
      #expect(failure { try session.recvMsg(maxCount: 1) } == .ended)
      #expect(failure { try session.sendMsg("x") } == .refused(.afterClose))
    }
  }

  @Test func `fragments that are over the limit together are refused at the one that crosses it`() throws {
    try withSession { (session) throws in
      session.write(
        Frame(.binary, [UInt8](repeating: 1, count: 6), isFinal: false),
        Frame(.continuation, [1, 2, 3, 4], isFinal: false))
      #expect(failure { try session.receiveMessage(maxSize: 10) } == .wouldBlock)
      session.write(Frame(.continuation, [5]))
      #expect(failure { try session.receiveMessage(maxSize: 10) } == .messageTooBig(limit: 10))
      #expect(try session.peer.readFrame().closeCode == 1009)
    }
  }

  @Test func `a message of exactly the limit is taken`() throws {
    try withSession(options: options { $0.maxMessageSize = 10 }) { (session) throws in
      session.write(
        Frame(.binary, [UInt8](repeating: 1, count: 6), isFinal: false), Frame(.continuation, [1, 2, 3, 4]))
      #expect(try session.receiveMessage().payload.count == 10)
      session.write(Frame(.binary, [UInt8](repeating: 1, count: 11)))
      #expect(failure { try session.receiveMessage() } == .messageTooBig(limit: 10))
    }
  }

  @Test(arguments: Role.all)
  func `a message of a megabyte and a half is nothing special`(role: Role) throws {
    let payload = pattern(size: 1_500_000, seed: 16)
    try withSession(role) { (session) throws in
      session.write(Frame(.binary, payload))
      #expect(difference(try session.receiveMessage().payload, payload) == nil)
    }
  }

  @Test(arguments: [[3], [0, 0], [3, 237], [3, 232, 0xFF, 0x61], [255, 255, 0xC3]] as [[UInt8]])
  func `in manual mode CLOSE may have any body`(body: [UInt8]) throws {
    try withSession(options: options { $0.answersControlFrames = false }) { (session) throws in
      session.write(Frame(.close, body))
      #expect(try session.receiveMessage() == Message(type: [.close, .final], payload: body))
      let code = body.count < 2 ? CloseCode.noStatus : CloseCode(rawValue: UInt16(body[0]) << 8 | UInt16(body[1]))
      #expect(session.closeStatus?.code == code)
      #expect(failure { try session.receiveMessage() } == .ended)
      #expect(session.peer.readAvailable() == [])
    }
  }

  @Test(arguments: Role.all)
  func `a message of which another call took a part is the rest of it`(role: Role) throws {
    try withSession(role) { (session) throws in
      session.write(Frame(.text, [0x61, 0xC3, 0xA9, 0x62]))
      #expect(try session.recvMsg(maxCount: 2).payload == [0x61, 0xC3])
      #expect(try session.receiveMessage() == Message(type: [.text, .final], payload: [0xA9, 0x62]))
    }
  }

  @Test(arguments: Role.all)
  func `a message whose rest another call took is not the beginning of the next`(role: Role) throws {
    try withSession(role) { (session) throws in
      session.write(Frame(.text, "a".bytes, isFinal: false))
      #expect(failure { try session.receiveMessage() } == .wouldBlock)
      session.write(Frame(.continuation, "b".bytes), Frame(.binary, [0xFF, 0xF0]))
      #expect(try session.recvMsg(maxCount: 10).payload == "b".bytes)
      #expect(try session.receiveMessage() == Message(type: [.binary, .final], payload: [0xFF, 0xF0]))
    }
  }

  @Test(arguments: Role.all, [true, false])
  func `a text is the string that was sent, whatever its characters, lengths and fragments`(
    role: Role, isASCII: Bool
  ) throws {
    try withSession(role) { (session) throws in
      for length in Array(0...40) + [125, 126, 1000, 65535, 65536, 100_000] {
        let unit = isASCII ? "plain text " : "grüße→🌬水é"
        let text = String(String(repeating: unit, count: length / unit.count + 1).prefix(length))
        let cut = text.utf8.count / 3
        session.write(
          Frame(.text, Array(text.utf8.prefix(cut)), isFinal: false),
          Frame(.continuation, Array(text.utf8.dropFirst(cut))))
        let message = try session.receiveMessage()
        #expect(message.type == [.text, .final])
        #expect(equal(message.payload, text.bytes))
      }
    }
  }
}
