import Testing
import WebSocketProtocol
import WestwindTestSupport

struct ReceiveStateTests {
  typealias Meaning = ReceiveState.Meaning

  /// A header as the peer of this role sends it.
  static func header(
    _ opcode: Opcode, _ length: UInt64 = 1, isFinal: Bool = true, reservedBits: UInt8 = 0, to role: Role
  ) -> FrameHeader {
    FrameHeader(
      isFinal: isFinal, reservedBits: reservedBits, opcode: opcode, maskingKey: role == .server ? .sample : nil,
      payloadLength: length)
  }

  @Test(arguments: Role.allRoles, [.text, .binary] as [Opcode])
  func `a message in one frame is data of its kind`(role: Role, kind: Opcode) throws {
    var state = ReceiveState(role: role)
    for _ in 0..<3 {
      let meaning = try state.receive(Self.header(kind, to: role))
      #expect(meaning == .data(kind: kind, isContinuation: false))
    }
  }

  @Test(arguments: Role.allRoles, [.text, .binary] as [Opcode])
  func `every fragment has the message's kind, and all but the first are continuations`(
    role: Role, kind: Opcode
  ) throws {
    var state = ReceiveState(role: role)
    let frames: [(Opcode, Bool)] = [
      (kind, false), (.continuation, false), (.continuation, false), (.continuation, true),
    ]
    for _ in 0..<2 {
      for (i, (opcode, isFinal)) in frames.enumerated() {
        let meaning = try state.receive(Self.header(opcode, isFinal: isFinal, to: role))
        #expect(meaning == .data(kind: kind, isContinuation: i > 0))
      }
    }
  }

  @Test(arguments: Role.allRoles, [.close, .ping, .pong] as [Opcode])
  func `a control frame may come between messages and between fragments`(role: Role, opcode: Opcode) throws {
    var state = ReceiveState(role: role)
    for length in [0, 1, 125] as [UInt64] {
      let before = try state.receive(Self.header(opcode, length, to: role))
      #expect(before == .control(opcode))
      _ = try state.receive(Self.header(.binary, isFinal: false, to: role))
      let inside = try state.receive(Self.header(opcode, length, to: role))
      #expect(inside == .control(opcode))
      let end = try state.receive(Self.header(.continuation, to: role))
      #expect(end == .data(kind: .binary, isContinuation: true))
    }
  }

  /// What is refused, and with what: the header that comes, and whether a message is open before it.
  static let violations: [(Opcode, UInt64, Bool, UInt8, Bool, ProtocolViolation)] = [
    // opcode, length, FIN, reserved bits, message open
    (.text, 1, true, 4, false, .reservedBits(4)),
    (.text, 1, true, 2, false, .reservedBits(2)),
    (.text, 1, true, 1, false, .reservedBits(1)),
    (.text, 1, true, 7, false, .reservedBits(7)),
    (.ping, 1, true, 4, true, .reservedBits(4)),
    (.continuation, 1, true, 4, true, .reservedBits(4)),
    (Opcode(rawValue: 0x3), 1, true, 0, false, .reservedOpcode(0x3)),
    (Opcode(rawValue: 0x7), 1, true, 0, true, .reservedOpcode(0x7)),
    (Opcode(rawValue: 0xB), 1, true, 0, false, .reservedOpcode(0xB)),
    (Opcode(rawValue: 0xF), 1, true, 0, true, .reservedOpcode(0xF)),
    (.close, 0, false, 0, false, .fragmentedControlFrame),
    (.ping, 0, false, 0, false, .fragmentedControlFrame),
    (.pong, 0, false, 0, true, .fragmentedControlFrame),
    (.close, 126, true, 0, false, .oversizeControlFrame(126)),
    (.ping, 127, true, 0, true, .oversizeControlFrame(127)),
    (.pong, 65536, true, 0, false, .oversizeControlFrame(65536)),
    (.pong, .max >> 1, true, 0, false, .oversizeControlFrame(.max >> 1)),
    (.continuation, 1, true, 0, false, .continuationWithoutMessage),
    (.continuation, 0, false, 0, false, .continuationWithoutMessage),
    (.text, 1, true, 0, true, .messageInsideMessage),
    (.text, 0, false, 0, true, .messageInsideMessage),
    (.binary, 1, true, 0, true, .messageInsideMessage),
  ]

  @Test(arguments: Role.allRoles, violations.indices)
  func `a frame that breaks a rule is refused with 1002 and the rule`(role: Role, row: Int) throws {
    let (opcode, length, isFinal, reservedBits, isMessageOpen, violation) = Self.violations[row]
    var state = ReceiveState(role: role)
    if isMessageOpen { _ = try state.receive(Self.header(.binary, isFinal: false, to: role)) }
    #expect(throws: violation) {
      try state.receive(Self.header(opcode, length, isFinal: isFinal, reservedBits: reservedBits, to: role))
    }
    #expect(violation.closeCode == .protocolError)
  }

  @Test(arguments: [.continuation, .text, .binary, .close, .ping, .pong] as [Opcode])
  func `a client refuses every masked frame`(opcode: Opcode) throws {
    var state = ReceiveState(role: .client)
    if opcode == .continuation { _ = try state.receive(FrameHeader(.text, isFinal: false)) }
    #expect(throws: ProtocolViolation.maskedByServer) { try state.receive(FrameHeader(opcode, key: .sample)) }
  }

  @Test(arguments: [.continuation, .text, .binary, .close, .ping, .pong] as [Opcode])
  func `a server refuses every frame without a mask`(opcode: Opcode) throws {
    var state = ReceiveState(role: .server)
    if opcode == .continuation { _ = try state.receive(FrameHeader(.text, isFinal: false, key: .sample)) }
    #expect(throws: ProtocolViolation.unmaskedByClient) { try state.receive(FrameHeader(opcode)) }
  }

  @Test func `a key of zeros is a mask`() throws {
    var state = ReceiveState(role: .server)
    let meaning = try state.receive(FrameHeader(.text, key: MaskingKey(littleEndian: 0)))
    #expect(meaning == .data(kind: .text, isContinuation: false))
  }

  @Test(arguments: Role.allRoles)
  func `a continuation after the last fragment has nothing to continue`(role: Role) throws {
    var state = ReceiveState(role: role)
    _ = try state.receive(Self.header(.text, isFinal: false, to: role))
    _ = try state.receive(Self.header(.continuation, to: role))
    #expect(throws: ProtocolViolation.continuationWithoutMessage) {
      try state.receive(Self.header(.continuation, to: role))
    }
  }

  // MARK: text

  /// The number of pieces of one text message that are taken, in frames of their own.
  static func receiveText(_ fragments: [[UInt8]]) -> (taken: Int, violation: ProtocolViolation?) {
    var state = ReceiveState(role: .client)
    for (i, fragment) in fragments.enumerated() {
      let isLast = i == fragments.count - 1
      do throws(ProtocolViolation) {
        _ = try state.receive(FrameHeader(i == 0 ? .text : .continuation, UInt64(fragment.count), isFinal: isLast))
        try state.receiveText(fragment.span, endsMessage: isLast)
      } catch {
        return (i, error)
      }
    }
    return (fragments.count, nil)
  }

  @Test func `a character may be cut by fragments anywhere`() {
    let text = "Hellö – 世界 😀".bytes
    for first in 0...text.count {
      for second in first...text.count {
        let (taken, violation) = Self.receiveText(text.cut(at: [first, second]))
        #expect(taken == 3)
        #expect(violation == nil)
      }
    }
  }

  @Test func `text that ends inside a character is refused with 1007 at its end, not before`() {
    let (taken, violation) = Self.receiveText([[0xF0], [0x9F, 0x98]])
    #expect(taken == 1)
    #expect(violation == .textNotUTF8)
    #expect(violation?.closeCode == .invalidPayload)
    #expect(Self.receiveText([[0xF0], [0x9F, 0x98], []]).taken == 2)
  }

  @Test func `text is refused at its first bad byte, long before its end`() {
    // Autobahn's 6.4: a surrogate in the middle.
    let text = [0xCE, 0xBA, 0xE1, 0xBD, 0xB9, 0xF4, 0x90, 0x80, 0x80, 0x65, 0x64, 0x69, 0x74, 0x65, 0x64] as [UInt8]
    #expect(Self.receiveText(text.cutAtEveryByte).taken == 6)
    #expect(Self.receiveText(text.cut(at: [5, 7, 9])).taken == 1)
  }

  @Test func `a binary message between leaves no trace in the text check`() throws {
    var state = ReceiveState(role: .client)
    for _ in 0..<2 {
      _ = try state.receive(FrameHeader(.text, 2, isFinal: false))
      try state.receiveText([0xC3].span, endsMessage: false)
      _ = try state.receive(FrameHeader(.ping, 0))
      _ = try state.receive(FrameHeader(.continuation, 1))
      try state.receiveText([0xA4].span, endsMessage: true)
      _ = try state.receive(FrameHeader(.binary, 1))
    }
  }

  @Test func `each text message begins afresh`() throws {
    var state = ReceiveState(role: .client)
    _ = try state.receive(FrameHeader(.text, 1))
    #expect(throws: ProtocolViolation.textNotUTF8) { try state.receiveText([0xC3].span, endsMessage: true) }
    _ = try state.receive(FrameHeader(.text, 1))
    try state.receiveText([0x61].span, endsMessage: true)
  }

  @Test func `the commonest header is found by its first word, and no other`() throws {
    let state = ReceiveState(role: .client)
    func word(_ bytes: [UInt8]) -> UInt64 {
      bytes.enumerated().reduce(0) { $0 | UInt64($1.element) << UInt64(8 * $1.offset) }
    }
    for length in [UInt64(0), 1, 125, 126, 127, 65535] {
      let header = FrameHeader(opcode: .binary, payloadLength: length)
      let found = state.wholeBinary(header.packed.low | 0xAB << 56)
      #expect(found?.header == header.encodedLength && found?.payload == Int(length))
    }
    // Length of eight bytes, masked, text, a fragment, a reserved bit, control, a length that is not the shortest.
    for bytes: [UInt8] in [
      [0x82, 127, 0, 0, 0, 0, 0, 1], [0x82, 0x85, 1, 2, 3, 4, 5, 6], [0x81, 5], [0x02, 5], [0xC2, 5], [0x89, 5],
      [0x82, 126, 0, 125],
    ] {
      #expect(state.wholeBinary(word(bytes)) == nil)
    }
    #expect(ReceiveState(role: .server).wholeBinary(word([0x82, 5])) == nil)
    var open = state
    _ = try open.receive(FrameHeader(isFinal: false, opcode: .text, payloadLength: 1))
    #expect(open.wholeBinary(word([0x82, 5])) == nil)
  }
}
