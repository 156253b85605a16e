import Testing
import WebSocketProtocol
import WestwindTestSupport

struct SendStateTests {
  typealias Refusal = SendState.Refusal

  static func sending(
    _ opcode: Opcode, _ payload: [UInt8] = [], isFinal: Bool = true, after state: SendState, hasSentClose: Bool = false
  ) throws(Refusal) -> SendState {
    try state.sending(opcode, isFinal: isFinal, payload: payload.span, hasSentClose: hasSentClose)
  }

  static func open(_ opcode: Opcode, _ payload: [UInt8] = []) -> SendState {
    do {
      return try sending(opcode, payload, isFinal: false, after: SendState())
    } catch {
      preconditionFailure("\(error)")
    }
  }

  @Test func `messages follow one another, whole or in fragments`() throws {
    var state = SendState()
    let frames: [(Opcode, Bool)] = [
      (.text, true), (.binary, true), (.text, false), (.continuation, false), (.continuation, true), (.binary, false),
      (.continuation, true), (.text, true),
    ]
    for (opcode, isFinal) in frames {
      state = try Self.sending(opcode, "ok".bytes, isFinal: isFinal, after: state)
    }
  }

  @Test(arguments: [0x3, 0x4, 0x7, 0xB, 0xF] as [UInt8])
  func `a reserved opcode is refused`(value: UInt8) {
    #expect(throws: Refusal.reservedOpcode(value)) {
      try Self.sending(Opcode(rawValue: value), after: SendState())
    }
  }

  @Test(arguments: [.close, .ping, .pong] as [Opcode])
  func `a control frame is final`(opcode: Opcode) {
    #expect(throws: Refusal.controlFrameNotFinal) { try Self.sending(opcode, isFinal: false, after: SendState()) }
  }

  @Test(arguments: [.ping, .pong] as [Opcode])
  func `a control frame holds 125 bytes at most`(opcode: Opcode) throws {
    for count in [0, 1, 124, 125] {
      _ = try Self.sending(opcode, [UInt8](repeating: 0xFF, count: count), after: SendState())
    }
    for count in [126, 127, 65536] {
      #expect(throws: Refusal.controlFrameTooLong(count)) {
        try Self.sending(opcode, [UInt8](repeating: 0xFF, count: count), after: SendState())
      }
    }
  }

  @Test(arguments: [.close, .ping, .pong] as [Opcode], [.text, .binary] as [Opcode])
  func `a control frame may go between fragments and leaves the message open`(control: Opcode, kind: Opcode) throws {
    let open = Self.open(kind)
    let after = try Self.sending(control, after: open)
    #expect(throws: Refusal.messageInsideMessage) { try Self.sending(.text, after: after) }
    _ = try Self.sending(.continuation, after: after)
  }

  @Test func `a continuation needs an open message`() throws {
    #expect(throws: Refusal.continuationWithoutMessage) { try Self.sending(.continuation, after: SendState()) }
    let ended = try Self.sending(.continuation, after: Self.open(.binary))
    #expect(throws: Refusal.continuationWithoutMessage) { try Self.sending(.continuation, after: ended) }
  }

  @Test(arguments: [.text, .binary] as [Opcode], [.text, .binary] as [Opcode])
  func `a second message is refused while one is open`(first: Opcode, second: Opcode) {
    for isFinal in [true, false] {
      #expect(throws: Refusal.messageInsideMessage) {
        try Self.sending(second, isFinal: isFinal, after: Self.open(first))
      }
    }
  }

  // MARK: text

  @Test func `text is checked over the whole message`() throws {
    let text = "Hellö – 世界 😀".bytes
    for first in 0...text.count {
      for second in first...text.count {
        let pieces = text.cut(at: [first, second])
        var state = try Self.sending(.text, pieces[0], isFinal: false, after: SendState())
        state = try Self.sending(.continuation, pieces[1], isFinal: false, after: state)
        state = try Self.sending(.continuation, pieces[2], after: state)
      }
    }
  }

  @Test func `text that is not UTF-8 is refused, also where it ends inside a character`() throws {
    #expect(throws: Refusal.textNotUTF8) { try Self.sending(.text, [0x61, 0xFF], after: SendState()) }
    #expect(throws: Refusal.textNotUTF8) { try Self.sending(.text, [0xC3], after: SendState()) }
    #expect(throws: Refusal.textNotUTF8) { try Self.sending(.text, [0xC3, 0x41], isFinal: false, after: SendState()) }
    let open = Self.open(.text, [0xC3])
    #expect(throws: Refusal.textNotUTF8) { try Self.sending(.continuation, after: open) }
    #expect(throws: Refusal.textNotUTF8) { try Self.sending(.continuation, [0x41], isFinal: false, after: open) }
    _ = try Self.sending(.continuation, [0xA4], after: open)
  }

  @Test func `binary payload may be any bytes`() throws {
    let open = try Self.sending(.binary, [0xFF], isFinal: false, after: SendState())
    _ = try Self.sending(.continuation, [0xC3], after: open)
  }

  // MARK: close

  @Test(arguments: [.continuation, .text, .binary, .close, .ping, .pong] as [Opcode])
  func `after CLOSE nothing is sent`(opcode: Opcode) throws {
    for before in [SendState(), Self.open(.binary)] {
      #expect(throws: Refusal.afterClose) { try Self.sending(opcode, after: before, hasSentClose: true) }
    }
  }

  @Test func `a CLOSE body is checked before it leaves`() throws {
    let rows: [([UInt8], ProtocolViolation)] = [
      ([0x03], .closeBodyOfOneByte),
      ([0x03, 0xED], .closeCodeNotAllowed(1005)),
      ([0x03, 0xE8, 0xFF], .closeReasonNotUTF8),
    ]
    for (body, violation) in rows {
      #expect(throws: Refusal.closeBodyNotValid(violation)) { try Self.sending(.close, body, after: SendState()) }
    }
    for body in [[], [0x03, 0xE8], [0x03, 0xE8] + "bye".bytes, [0x03, 0xE8] + [UInt8](repeating: 0x61, count: 123)] {
      _ = try Self.sending(.close, body, after: SendState())
    }
    #expect(throws: Refusal.controlFrameTooLong(126)) {
      try Self.sending(.close, [0x03, 0xE8] + [UInt8](repeating: 0x61, count: 124), after: SendState())
    }
  }

  // MARK: commit

  @Test func `a frame that did not leave leaves no trace`() throws {
    let state = Self.open(.text, [0xF0, 0x9F])
    // each of these is worked out, and its outcome thrown away
    _ = try Self.sending(.close, after: state)
    _ = try Self.sending(.continuation, [0x98, 0x80], after: state)
    _ = try Self.sending(.continuation, [0x98], isFinal: false, after: state)
    // so the same state still takes the rest of the character
    let ended = try Self.sending(.continuation, [0x98, 0x80], after: state)
    _ = try Self.sending(.text, after: ended)
  }

  @Test func `a refused frame leaves the state as it was`() throws {
    let state = Self.open(.text, [0xC3])
    #expect(throws: Refusal.self) { try Self.sending(.continuation, [0xFF], after: state) }
    #expect(throws: Refusal.self) { try Self.sending(.binary, after: state) }
    _ = try Self.sending(.continuation, [0xA4], after: state)
  }
}
