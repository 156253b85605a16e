import MQTTProtocol
import Testing

struct VariableByteIntegerTests {
  /// The table of 1.5.5: the least and the greatest number of each length.
  static let table: [(Int, [UInt8])] = [
    (0, [0x00]), (127, [0x7F]), (128, [0x80, 0x01]), (16_383, [0xFF, 0x7F]), (16_384, [0x80, 0x80, 0x01]),
    (2_097_151, [0xFF, 0xFF, 0x7F]), (2_097_152, [0x80, 0x80, 0x80, 0x01]), (268_435_455, [0xFF, 0xFF, 0xFF, 0x7F]),
    (321, [0xC1, 0x02]),
  ]

  @Test(arguments: table) func `the numbers of the specification's table are read`(value: Int, bytes: [UInt8]) throws {
    var integer = VariableByteInteger()
    for byte in bytes.dropLast() { #expect(try integer.take(byte) == nil) }
    #expect(try integer.take(bytes.last!) == value)
    #expect(integer == VariableByteInteger())
    #expect(VariableByteInteger.encodedLength(value) == bytes.count)
  }

  @Test func `MQTT-1.5.5-1: a form that fewer bytes could stand for is refused`() throws {
    for bytes in [[0x80, 0x00], [0xFF, 0x00], [0x80, 0x80, 0x00], [0xFF, 0xFF, 0x80, 0x00]] as [[UInt8]] {
      var integer = VariableByteInteger()
      for byte in bytes.dropLast() { #expect(try integer.take(byte) == nil) }
      #expect(throws: MQTTViolation.variableByteIntegerNotMinimal) { try integer.take(bytes.last!) }
    }
  }

  @Test func `a fifth byte is refused before it is read`() throws {
    var integer = VariableByteInteger()
    for _ in 0..<3 { #expect(try integer.take(0x80) == nil) }
    #expect(throws: MQTTViolation.variableByteIntegerTooLong) { try integer.take(0x80) }
  }
}
