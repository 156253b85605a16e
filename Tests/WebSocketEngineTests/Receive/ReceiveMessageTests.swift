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
}
