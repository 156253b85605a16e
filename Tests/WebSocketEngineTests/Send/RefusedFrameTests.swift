import Testing
import WebSocketEngine
import WebSocketProtocol
import WestwindTestSupport

/// Frames that must not be sent: a refusal, not a byte on the wire, and the connection goes on as if nothing had been.
struct RefusedFrameTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var refusal: SendState.Refusal
    /// What is sent before.
    var before: [Frame] = []
    var frame: Frame
    var testDescription: String { "\(refusal)" }
  }

  static let cases: [Case] =
    ([3, 4, 5, 6, 7, 11, 12, 13, 14, 15] as [UInt8]).map {
      Case(refusal: .reservedOpcode($0), frame: Frame(Opcode(rawValue: $0)))
    } + [
      Case(refusal: .controlFrameNotFinal, frame: Frame(.ping, isFinal: false)),
      Case(refusal: .controlFrameNotFinal, frame: Frame(.close, isFinal: false)),
      Case(refusal: .controlFrameTooLong(126), frame: Frame(.ping, [UInt8](repeating: 0, count: 126))),
      Case(refusal: .controlFrameTooLong(126), frame: Frame(.pong, [UInt8](repeating: 0, count: 126))),
      Case(
        refusal: .controlFrameTooLong(126), frame: Frame(closing: 1000, String(repeating: "x", count: 124))),
      Case(refusal: .continuationWithoutMessage, frame: Frame(.continuation, [1])),
      Case(
        refusal: .continuationWithoutMessage,
        before: [Frame(.text, [0x61], isFinal: false), Frame(.continuation, [0x62])], frame: Frame(.continuation)),
      Case(
        refusal: .messageInsideMessage, before: [Frame(.text, [0x61], isFinal: false)], frame: Frame(.text, [0x62])),
      Case(
        refusal: .messageInsideMessage, before: [Frame(.binary, isFinal: false)],
        frame: Frame(.binary, [1], isFinal: false)),
      Case(refusal: .textNotUTF8, frame: Frame(.text, [0xFF])),
      Case(refusal: .textNotUTF8, frame: Frame(.text, [0xC3])),
      Case(
        refusal: .textNotUTF8, before: [Frame(.text, [0xE2], isFinal: false)], frame: Frame(.continuation, [0x28])),
      Case(
        refusal: .textNotUTF8, before: [Frame(.text, [0xE2], isFinal: false)], frame: Frame(.continuation, [0x82])),
      Case(refusal: .closeBodyNotValid(.closeBodyOfOneByte), frame: Frame(.close, [3])),
      Case(refusal: .closeBodyNotValid(.closeCodeNotAllowed(1005)), frame: Frame(closing: 1005)),
      Case(refusal: .closeBodyNotValid(.closeCodeNotAllowed(5000)), frame: Frame(closing: 5000)),
      Case(refusal: .closeBodyNotValid(.closeReasonNotUTF8), frame: Frame(.close, [3, 0xE8, 0xFF])),
    ]

  @Test(arguments: cases, Role.all)
  func `a frame that may not be sent is refused, and leaves no trace`(refused: Case, role: Role) throws {
    try withSession(role) { (session) throws in
      func send(_ frame: Frame) throws {
        try session.sendMsg(frame.payload, opcode: frame.opcode, final: frame.isFinal)
      }
      for frame in refused.before { try send(frame) }
      for _ in 0..<2 {
        let error = failure { try send(refused.frame) }
        #expect(error == .refused(refused.refusal))
      }
      // What could be sent before still can.
      let isOpen = refused.before.last?.isFinal == false
      let rest: Frame =
        isOpen ? Frame(.continuation, refused.refusal == .textNotUTF8 ? [0x82, 0xAC] : []) : Frame(.text, "ok".bytes)
      try send(rest)
      #expect(
        try session.peer.readFrames(refused.before.count + 1).map { $0.unmasked } == refused.before + [rest])
      // And it receives.
      session.write(Frame(.text, "back".bytes))
      #expect(try session.receiveMessage().text == "back")
    }
  }

  @Test(arguments: Role.all)
  func `after CLOSE nothing is sent, whoever asks for it`(role: Role) throws {
    try withSession(role) { (session) throws in
      try session.sendMsg(Frame(closing: 1000, "bye").payload, opcode: .close)
      for opcode in [.text, .binary, .continuation, .ping, .pong, .close] as [Opcode] {
        let error = failure { try session.sendMsg([], opcode: opcode) }
        #expect(error == .refused(.afterClose))
      }
      // What the peer still sends is received; neither its PING nor its CLOSE is answered.
      session.write(Frame(.text, "last words".bytes), Frame(.ping, [1]), Frame(closing: 1000))
      #expect(try session.receiveMessage().text == "last words")
      #expect(try session.receiveMessage().isClose)
      #expect(failure { try session.sendMsg("x") } == .refused(.afterClose))
      #expect(session.closeStatus == CloseStatus(code: .normal))
      #expect(try Frame.all(in: session.peer.readAvailable()).map { $0.unmasked } == [Frame(closing: 1000, "bye")])
    }
  }
}
