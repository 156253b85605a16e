import PerMessageDeflate
import Testing
import WebSocketEngine
import WebSocketProtocol
import WestwindTestSupport

/// Frames that nobody is to have, up to the peer's CLOSE: what an owner does that ends the connection.
struct PassOverTests {
  @Test(arguments: Role.all)
  func `a text message that was read to the middle of a character is passed over`(role: Role) throws {
    let session = Session(role)
    let text = "grüße".bytes
    session.write(Frame(.text, Array(text[..<3]), isFinal: false))
    #expect(try session.recvMsg(maxCount: 2).message.count == 2)
    #expect(try !session.passOver())
    session.write(
      Frame(.continuation, Array(text[3...]), isFinal: false), Frame(.continuation), Frame(closing: 1000, "fine"))
    #expect(try session.passOver())
    #expect(session.closeStatus == CloseStatus(code: .normal, reason: "fine"))
  }

  @Test(arguments: Role.all)
  func `rests of frames, messages and PINGs are passed over, wherever they are cut`(role: Role) throws {
    let half = Frame(.binary, pattern(size: 300, seed: 1)).sent(by: role.other).bytes
    let behind = [
      Frame(.text, "more".bytes, isFinal: false), Frame(.ping, [1]), Frame(.continuation),
      Frame(.binary, pattern(size: 200, seed: 2)), Frame(.pong), Frame(closing: 1000, "at last"),
    ]
    let rest = Array(half[150...]) + behind.bytes(by: role.other)
    for cut in 0..<rest.count {
      let session = Session(role, options { $0.input = 100 })
      session.peer.write(Array(half[..<150]))
      #expect(try session.recvMsg(maxCount: 10).payload.count == 10)
      session.peer.write(Array(rest[..<cut]))
      #expect(try !session.passOver())
      session.peer.write(Array(rest[cut...]))
      #expect(try session.passOver())
      #expect(session.closeStatus == CloseStatus(code: .normal, reason: "at last"))
    }
  }

  @Test(arguments: Role.all, [0, 100])
  func `a compressed frame is passed over, also where pieces of it were read`(role: Role, taken: Int) throws {
    try withCompression(role) { (session, codec) throws in
      try session.write(
        codec.frame(.binary, compressible(size: 5000)), codec.frame(.text, "grüße".bytes, isFinal: false),
        codec.frame(.continuation, []), Frame(closing: 1001))
      if taken > 0 { #expect(try session.recvMsg(maxCount: taken).payload.count == taken) }
      #expect(try session.passOver())
      #expect(session.closeStatus == CloseStatus(code: .goingAway))
    }
  }

  @Test func `what breaks a rule on the way to CLOSE is told`() {
    let session = Session(.client)
    session.write(Frame(.text, [0xC3], isFinal: false), Frame(.continuation, [0x28]), Frame(closing: 1000))
    #expect(failure { try session.passOver() } == .violation(.textNotUTF8))
  }
}
