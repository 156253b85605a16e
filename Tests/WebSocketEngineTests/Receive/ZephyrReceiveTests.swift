import Testing
import WebSocketEngine
import WebSocketProtocol
import WestwindTestSupport

/// The receive tests of Zephyr's own suite (tests/net/socket/websocket), against this library's meaning of a return:
/// type and remaining are right on every one.
struct ZephyrReceiveTests {
  static let text = "test message"
  static let frame = Frame(.text, text.bytes, key: Frame.sampleKey)

  /// Delivers what there is of a frame of 12 bytes, behind `count` of them; nil where nothing is there.
  func piece(_ session: Session, after count: Int, room: Int = 20) throws -> [UInt8]? {
    do throws(CallError) {
      let (message, payload) = try session.recvMsg(maxCount: room)
      #expect(message.type == [.text, .final])
      #expect(message.count == payload.count)
      #expect(message.remaining == UInt64(12 - count - payload.count))
      return payload
    } catch {
      #expect(error == .wouldBlock)
      return nil
    }
  }

  @Test(arguments: [1, 2, 3, 6, 7, 8, 9, 10, 12])
  func `a masked text frame may be fed in pieces of any size`(size: Int) throws {
    try withSession(.server) { (session) throws in
      var received: [UInt8] = []
      var fed = 0
      while fed < Self.frame.bytes.count {
        let part = Array(Self.frame.bytes.dropFirst(fed).prefix(size))
        session.peer.write(part)
        fed += part.count
        let payload = try piece(session, after: received.count)
        // While only the six bytes of the header have come, there is nothing; then what came is there.
        #expect(payload?.count == (fed <= 6 ? nil : fed - 6 - received.count))
        received += payload ?? []
      }
      #expect(received.text == Self.text)
      #expect(try piece(session, after: 12) == nil)
    }
  }

  @Test func `a whole message in one feed`() throws {
    try withSession(.server) { (session) throws in
      session.write(Self.frame)
      #expect(try piece(session, after: 0)?.text == Self.text)
    }
  }

  @Test func `an empty ping is told as a ping of no bytes`() throws {
    try withSession(options: options { $0.answersControlFrames = false }) { (session) throws in
      session.peer.write([0x89, 0x00])
      let (message, payload) = try session.recvMsg(maxCount: 20)
      #expect(message == ReceivedMessage(count: 0, type: [.ping, .final], remaining: 0))
      #expect(payload == [])
    }
  }

  @Test func `a frame and half of the next one's header: the first now, the second when it is whole`() throws {
    try withSession(.server) { (session) throws in
      for split in 1..<6 {
        session.peer.write(Self.frame.bytes + Self.frame.bytes.prefix(split))
        #expect(try piece(session, after: 0)?.text == Self.text)
        #expect(try piece(session, after: 0) == nil)
        session.peer.write(Array(Self.frame.bytes.dropFirst(split)))
        #expect(try piece(session, after: 0)?.text == Self.text)
      }
    }
  }

  @Test(arguments: Role.all)
  func `1160 bytes come back in pieces of 286, and the header alone is nothing`(role: Role) throws {
    let lorem = String(repeating: "Lorem ipsum dolor sit amet, consectetur. ", count: 40).prefix(1160)
    try withSession(role) { (session) throws in
      // What our own end sends, as the other role has to see it.
      #expect(try session.sendMsg(String(lorem)) == 1160)
      let sent = try session.peer.readFrame()
      #expect(sent.payload.text == String(lorem))

      let bytes = session.bytes(Frame(.text, Array(lorem.utf8)))
      let header = bytes.count - 1160
      session.peer.write(Array(bytes.prefix(header)))
      #expect(failure { try session.recvMsg(maxCount: 286) } == .wouldBlock)
      session.peer.write(Array(bytes.dropFirst(header)))
      var received: [UInt8] = []
      for left in [874, 588, 302, 16, 0] {
        let (message, payload) = try session.recvMsg(maxCount: 286)
        received += payload
        #expect(message.remaining == UInt64(left))
        #expect(message.isText && message.isFinal)
      }
      #expect(received.text == String(lorem))
    }
  }

  @Test func `a large message whose body comes in two halves`() throws {
    let payload = [UInt8](repeating: 0x61, count: 1160)
    try withSession { (session) throws in
      let bytes = Frame(.binary, payload).bytes
      session.peer.write(Array(bytes.prefix(4 + 580)))
      var received: [UInt8] = []
      for remaining in [880, 600, 580] {
        let (message, piece) = try session.recvMsg(maxCount: 280)
        #expect(message.remaining == UInt64(remaining))
        received += piece
      }
      session.peer.write(Array(bytes.dropFirst(4 + 580)))
      for remaining in [300, 20, 0] {
        let (message, piece) = try session.recvMsg(maxCount: 280)
        #expect(message.remaining == UInt64(remaining))
        received += piece
      }
      #expect(received == payload)
    }
  }

  @Test func `an empty pong is sent and received`() throws {
    try withSession(options: options { $0.answersControlFrames = false }) { (session) throws in
      #expect(try session.sendMsg([], opcode: .pong) == 0)
      #expect(try session.peer.readFrame().unmasked == Frame(.pong))
      session.write(Frame(.pong))
      let (message, _) = try session.recvMsg(maxCount: 20)
      #expect(message == ReceivedMessage(count: 0, type: [.pong, .final], remaining: 0))
    }
  }

  @Test func `12 bytes into a buffer of 7: 7, then 5 without new input`() throws {
    try withSession(.server) { (session) throws in
      session.write(Self.frame)
      let first = try piece(session, after: 0, room: 7)
      #expect(first?.count == 7)
      let second = try piece(session, after: 7, room: 7)
      #expect(second?.count == 5)
      #expect(((first ?? []) + (second ?? [])).text == Self.text)
    }
  }
}
