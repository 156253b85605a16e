import Testing
import WebSocketProtocol

struct OpcodeTests {
  @Test(arguments: UInt8(0)...15)
  func `each of the sixteen values is data or control, reserved or not`(value: UInt8) {
    let opcode = Opcode(rawValue: value)
    #expect(opcode.rawValue == value)
    #expect(opcode.isControl == (value >= 8))
    #expect(opcode.isReserved == ![0, 1, 2, 8, 9, 10].contains(value))
  }

  @Test func `the six opcodes have the numbers of the specification`() {
    let all: [Opcode] = [.continuation, .text, .binary, .close, .ping, .pong]
    #expect(all.map { $0.rawValue } == [0x0, 0x1, 0x2, 0x8, 0x9, 0xA])
  }

  @Test func `an opcode is taken from the low four bits of a byte`() {
    #expect(Opcode(rawValue: 0x81) == .text)
    #expect(Opcode(rawValue: 0xFA) == .pong)
  }
}
