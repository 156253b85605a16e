import Testing
import WebSocketEngine
import WebSocketProtocol
import WestwindTestSupport

/// Payload of binary messages taken as one stream, which is what MQTT reads.
struct BinaryStreamTests {
  @Test(arguments: Role.all)
  func `frames of one segment come joined, empty ones and fragments too`(role: Role) throws {
    try withSession(role) { (session) throws in
      session.write(
        Frame(.binary, [1, 2]), Frame(.binary), Frame(.binary, [3], isFinal: false),
        Frame(.continuation, [], isFinal: false), Frame(.continuation, [4, 5]), Frame(.binary, [6]))
      #expect(try session.receiveBinary() == .bytes([1, 2, 3, 4, 5, 6]))
      #expect(failure { try session.receiveBinary() } == .wouldBlock)
    }
  }

  @Test(arguments: Role.all)
  func `a small room takes the stream in pieces across frames`(role: Role) throws {
    try withSession(role) { (session) throws in
      session.write(Frame(.binary, [1, 2, 3]), Frame(.binary, [4]), Frame(.binary, [5, 6, 7]))
      #expect(try session.receiveBinary(maxCount: 2) == .bytes([1, 2]))
      #expect(try session.receiveBinary(maxCount: 3) == .bytes([3, 4, 5]))
      #expect(try session.receiveBinary(maxCount: 3) == .bytes([6, 7]))
      #expect(failure { try session.receiveBinary() } == .wouldBlock)
    }
  }

  @Test(arguments: Role.all)
  func `a payload that has come in part is delivered as far as it has`(role: Role) throws {
    try withSession(role) { (session) throws in
      let bytes = session.bytes(Frame(.binary, [1, 2, 3, 4]))
      session.peer.write(Array(bytes.dropLast(2)))
      #expect(try session.receiveBinary() == .bytes([1, 2]))
      #expect(failure { try session.receiveBinary() } == .wouldBlock)
      session.peer.write(Array(bytes.suffix(2)))
      #expect(try session.receiveBinary() == .bytes([3, 4]))
    }
  }

  @Test(arguments: Role.all)
  func `text behind binary frames of one segment stays, behind what came before it`(role: Role) throws {
    try withSession(role) { (session) throws in
      session.write(
        Frame(.binary, [1]), Frame(.binary, [2, 3]), Frame(.text, "te".bytes, isFinal: false),
        Frame(.continuation, "xt".bytes), Frame(.binary, [4]))
      #expect(try session.receiveBinary() == .bytes([1, 2, 3]))
      for _ in 0..<2 { #expect(try session.receiveBinary() == .text) }
      #expect(try session.receiveMessage().text == "text")
      #expect(try session.receiveBinary() == .bytes([4]))
    }
  }

  @Test(arguments: Role.all)
  func `CLOSE behind binary frames of one segment comes behind what came before it`(role: Role) throws {
    try withSession(role) { (session) throws in
      session.write(Frame(.binary, [1]), Frame(.binary, [2]), Frame(closing: 1001, "gone"), Frame(.binary, [3]))
      #expect(try session.receiveBinary() == .bytes([1, 2]))
      #expect(try session.receiveBinary() == .close)
      #expect(session.closeStatus == CloseStatus(code: .goingAway, reason: "gone"))
      #expect(failure { try session.receiveBinary() } == .ended)
      #expect(try Frame.all(in: session.peer.readAvailable()).map { $0.unmasked } == [Frame(closing: 1001)])
    }
  }

  @Test(arguments: Role.all)
  func `a bad header behind binary frames of one segment is told behind what came before it`(role: Role) throws {
    let bad: [(Frame, ProtocolViolation)] = [
      (Frame(Opcode(rawValue: 3), [9]), .reservedOpcode(3)),
      (Frame(.binary, [9], reservedBits: 4), .reservedBits(4)),
      (Frame(.continuation, [9]), .continuationWithoutMessage),
      (Frame(.ping, [9], isFinal: false), .fragmentedControlFrame),
    ]
    for (frame, violation) in bad {
      try withSession(role) { (session) throws in
        session.write(Frame(.binary, [1]), Frame(.binary, [2]), frame, Frame(.binary, [3]))
        #expect(try session.receiveBinary() == .bytes([1, 2]))
        #expect(failure { try session.receiveBinary() } == .violation(violation))
        #expect(failure { try session.receiveBinary() } == .ended)
        #expect(try session.peer.readFrame().closeCode == 1002)
      }
    }
  }

  @Test(arguments: Role.all)
  func `the end of the stream is told behind what came before it`(role: Role) throws {
    try withSession(role) { (session) throws in
      session.write(Frame(.binary, [1]), Frame(.binary, [2]))
      session.peer.close()
      #expect(try session.receiveBinary() == .bytes([1, 2]))
      #expect(failure { try session.receiveBinary() } == .ended)
    }
  }

  @Test(arguments: Role.all)
  func `PINGs between are answered, and passed over`(role: Role) throws {
    try withSession(role) { (session) throws in
      session.write(Frame(.ping, [1]), Frame(.binary, [2]), Frame(.ping, [3]), Frame(.binary, [4]))
      #expect(try session.receiveBinary() == .bytes([2, 4]))
      session.write(Frame(.ping, [5]))
      #expect(failure { try session.receiveBinary() } == .wouldBlock)
      #expect(
        try session.peer.readFrames(3).map { $0.unmasked } == [Frame(.pong, [1]), Frame(.pong, [3]), Frame(.pong, [5])])
    }
  }

  @Test(arguments: Role.all)
  func `in manual mode PING, PONG and CLOSE are passed over too, and nothing is answered`(role: Role) throws {
    try withSession(role, options: options { $0.answersControlFrames = false }) { (session) throws in
      session.write(Frame(.ping, [1]))
      #expect(failure { try session.receiveBinary() } == .wouldBlock)
      session.write(
        Frame(.ping, [1]), Frame(.binary, [2]), Frame(.pong), Frame(.ping), Frame(.binary, [3]), Frame(closing: 1000))
      #expect(try session.receiveBinary() == .bytes([2, 3]))
      #expect(try session.receiveBinary() == .close)
      #expect(failure { try session.receiveBinary() } == .ended)
      #expect(session.peer.readAvailable() == [])
    }
  }

  @Test(arguments: Role.all)
  func `an empty text message is told, too`(role: Role) throws {
    try withSession(role) { (session) throws in
      session.write(Frame(.text), Frame(.binary, [1, 2, 3]))
      for _ in 0..<2 { #expect(try session.receiveBinary() == .text) }
      #expect(try session.receiveMessage().text == "")
      #expect(try session.receiveBinary() == .bytes([1, 2, 3]))
    }
  }
}
