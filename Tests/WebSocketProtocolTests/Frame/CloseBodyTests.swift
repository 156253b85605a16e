import Testing
import WebSocketProtocol

struct CloseBodyTests {
  static func body(_ code: UInt16, _ reason: [UInt8] = []) -> [UInt8] {
    [UInt8(code >> 8), UInt8(code & 0xFF)] + reason
  }

  static func check(_ bytes: [UInt8]) throws(ProtocolViolation) -> CloseBody.Code {
    try CloseBody.check(bytes.span)
  }

  @Test func `an empty body has no code`() throws {
    #expect(try Self.check([]) == .none)
  }

  @Test(arguments: [0x00, 0x03, 0xE8, 0xFF] as [UInt8])
  func `a body of one byte is refused`(byte: UInt8) {
    #expect(throws: ProtocolViolation.closeBodyOfOneByte) { try Self.check([byte]) }
  }

  @Test func `of the codes 0 to 5000 those that may be sent are taken and the others refused`() {
    for number in UInt16(0)...5000 {
      let code = CloseCode(rawValue: number)
      if code.mayBeSent {
        #expect((try? Self.check(Self.body(number))) == .code(code), "\(number)")
      } else {
        #expect(throws: ProtocolViolation.closeCodeNotAllowed(number)) { try Self.check(Self.body(number)) }
      }
    }
  }

  @Test func `a reason may fill the frame`() throws {
    let reason = [UInt8](repeating: 0x61, count: CloseBody.maximumReasonLength)
    #expect(reason.count + 2 == 125)
    #expect(try Self.check(Self.body(1000, reason)) == .code(.normal))
  }

  @Test(arguments: ["", "bye", "grüße", "\u{0}", "さようなら", "👋"])
  func `a reason in UTF-8 is taken`(reason: Raw) throws {
    #expect(try Self.check(Self.body(3000, reason.bytes)) == .code(CloseCode(rawValue: 3000)))
  }

  @Test(arguments: [[0xFF], [0x61, 0x80], [0xC3], [0xED, 0xA0, 0x80], [0xF0, 0x9F, 0x91]] as [[UInt8]])
  func `a reason that is not UTF-8, or ends inside a character, is refused`(reason: [UInt8]) {
    #expect(throws: ProtocolViolation.closeReasonNotUTF8) { try Self.check(Self.body(1000, reason)) }
  }

  @Test func `a code that is not allowed is named before a bad reason`() {
    #expect(throws: ProtocolViolation.closeCodeNotAllowed(1005)) { try Self.check(Self.body(1005, [0xFF])) }
  }
}
