import Testing
import WebSocketEngine
import WebSocketProtocol
import WestwindTestSupport

/// Every rule of the protocol that a peer can break: its close code on the wire, an error that names it, and the end
/// from then on.
struct ViolationTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var violation: ProtocolViolation
    var frames: [Frame]
    /// A header without a mask to send in place of the frames; for a server one is added.
    var raw: [UInt8]?
    var roles = Role.all
    var closeCode: UInt16 = 1002

    var testDescription: String { "\(violation)" }

    init(_ violation: ProtocolViolation, _ frames: Frame..., code: UInt16 = 1002) {
      self.violation = violation
      self.frames = frames
      closeCode = code
    }

    init(_ violation: ProtocolViolation, raw: [UInt8]) {
      self.violation = violation
      frames = []
      self.raw = raw
    }
  }

  static let cases: [Case] =
    [
      Case(.reservedBits(4), Frame(.binary, [1], reservedBits: 4)),
      Case(.reservedBits(2), Frame(.text, [], reservedBits: 2)),
      Case(.reservedBits(1), Frame(.ping, [], reservedBits: 1)),
      Case(.fragmentedControlFrame, Frame(.ping, [], isFinal: false)),
      Case(.fragmentedControlFrame, Frame(.close, [], isFinal: false)),
      Case(.oversizeControlFrame(126), Frame(.ping, [UInt8](repeating: 0, count: 126))),
      Case(.oversizeControlFrame(126), Frame(.close, [3, 0xE8] + [UInt8](repeating: 0x61, count: 124))),
      Case(.oversizeControlFrame(70_000), raw: [0x8A, 127, 0, 0, 0, 0, 0, 1, 0x11, 0x70]),
      Case(.continuationWithoutMessage, Frame(.continuation, [1])),
      Case(.continuationWithoutMessage, Frame(.continuation, [1], isFinal: false)),
      Case(.messageInsideMessage, Frame(.text, [0x61], isFinal: false), Frame(.text, [0x61])),
      Case(
        .messageInsideMessage, Frame(.binary, [1], isFinal: false), Frame(.ping), Frame(.binary, [1], isFinal: false)),
      Case(.lengthNotMinimal, raw: [0x82, 126, 0, 125]),
      Case(.lengthNotMinimal, raw: [0x82, 126, 0, 0]),
      Case(.lengthNotMinimal, raw: [0x82, 127, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]),
      Case(.lengthNotMinimal, raw: [0x82, 127, 0, 0, 0, 0, 0, 0, 0, 0]),
      Case(.lengthTopBitSet, raw: [0x82, 127, 0x80, 0, 0, 0, 0, 0, 0, 0]),
      Case(.lengthTopBitSet, raw: [0x82, 127, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]),
      Case(.textNotUTF8, Frame(.text, [0xFF]), code: 1007),
      Case(.closeReasonNotUTF8, Frame(.close, [3, 0xE8, 0xFF]), code: 1007),
      Case(.closeReasonNotUTF8, Frame(.close, [3, 0xE8, 0xC3]), code: 1007),
      Case(.closeBodyOfOneByte, Frame(.close, [3])),
    ]
    + ([3, 4, 5, 6, 7, 11, 12, 13, 14, 15] as [UInt8]).map {
      Case(.reservedOpcode($0), Frame(Opcode(rawValue: $0), [1]))
    }
    + ([0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535] as [UInt16]).map {
      Case(.closeCodeNotAllowed($0), Frame(closing: $0, "why"))
    }

  /// Breaks the rule, and checks what comes of it.
  func check(_ role: Role, _ violation: ProtocolViolation, _ bytes: [UInt8], closeCode: UInt16) throws {
    try withSession(role) { (session) throws in
      session.peer.write(session.bytes(Frame(.text, "before".bytes)) + bytes)
      // What came before it is delivered.
      #expect(try session.recvMsg(maxCount: 100).payload.text == "before")
      var error: CallError?
      while error == nil {
        // Fragments that the case needs are delivered first.
        do throws(CallError) {
          _ = try session.recvMsg(maxCount: 100)
        } catch let failure {
          error = failure
        }
      }
      #expect(error == .violation(violation))

      var close = try session.peer.readFrame()
      if close.opcode == .pong { close = try session.peer.readFrame() }
      #expect(close.unmasked == Frame(closing: closeCode))
      #expect(close.isMasked == (role == .client))

      #expect(failure { try session.recvMsg(maxCount: 100) } == .ended)
      #expect(failure { try session.peekMsg() } == .ended)
      #expect(failure { try session.sendMsg("x") } == .refused(.afterClose))
      #expect(failure { try session.sendMsg([], opcode: .close) } == .refused(.afterClose))
      #expect(session.engine.state.phase == .failed)
      // Nothing more is sent.
      #expect(session.closeStatus?.code == .abnormal)
      #expect(session.peer.readAvailable() == [])
    }
  }

  @Test(arguments: cases, Role.all)
  func `a violation is told to the peer with its close code, and to the caller by its name`(
    violation: Case, role: Role
  ) throws {
    var bytes: [UInt8]
    if var raw = violation.raw {
      if role == .server {
        raw[1] |= 0x80
        raw += [0, 0, 0, 0]
      }
      bytes = raw
    } else {
      bytes = violation.frames.map { $0.masked(role == .server ? Frame.sampleKey : nil) }.bytes
    }
    try check(role, violation.violation, bytes, closeCode: violation.closeCode)
  }

  @Test(arguments: [.text, .binary, .ping, .close] as [Opcode])
  func `a masked frame from a server is refused`(opcode: Opcode) throws {
    try check(.client, .maskedByServer, Frame(opcode, [], key: Frame.sampleKey).bytes, closeCode: 1002)
  }

  @Test(arguments: [.text, .binary, .ping, .close] as [Opcode])
  func `an unmasked frame from a client is refused`(opcode: Opcode) throws {
    try check(.server, .unmaskedByClient, Frame(opcode).bytes, closeCode: 1002)
  }

  @Test func `a length is refused before any of the payload has come, and whatever comes after is nobody's`() throws {
    try withSession { (session) throws in
      session.peer.write([0x82, 127, 0x80, 0, 0, 0, 0, 0, 0, 0] + Frame(.text, "behind".bytes).bytes)
      #expect(
        failure { try session.receiveMessage() } == .violation(.lengthTopBitSet))
      #expect(failure { try session.receiveMessage() } == .ended)
    }
  }

  @Test func `in manual mode a close body is the caller's to judge`() throws {
    try withSession(options: options { $0.answersControlFrames = false }) { (session) throws in
      session.write(Frame(.close, [3]))
      let (message, payload) = try session.recvMsg(maxCount: 100)
      #expect(message.type == [.close, .final])
      #expect(payload == [3])
    }
  }
}
