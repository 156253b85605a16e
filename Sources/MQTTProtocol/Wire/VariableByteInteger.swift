/// A number in one to four bytes of seven bits each, the low ones first (1.5.5, in 3.1.1 2.2.3).
///
///     1 byte   0 to 127
///     2 bytes  128 to 16,383
///     3 bytes  16,384 to 2,097,151
///     4 bytes  2,097,152 to 268,435,455
///
/// Reads one out of a byte stream that may be split anywhere.
@usableFromInline package struct VariableByteInteger: Sendable, Hashable {
  /// The greatest number that four bytes hold.
  package static let maximum = 268_435_455

  private var value = 0
  private var shift = 0

  package init() {}

  /// Takes the next byte.
  ///
  /// - Returns: the number, once its last byte has come; nil while more bytes follow. The reader is at its beginning
  ///   then.
  /// - Throws: a fifth byte, or a form that a shorter one could stand for.
  package mutating func take(_ byte: UInt8) throws(MQTTViolation) -> Int? {
    value |= Int(byte & 0x7F) << shift
    guard byte & 0x80 == 0 else {
      shift += 7
      guard shift < 28 else { throw .variableByteIntegerTooLong }
      return nil
    }
    // [MQTT-1.5.5-1] the minimum number of bytes; 3.1.1 has it as table 2.4
    guard byte != 0 || shift == 0 else { throw .variableByteIntegerNotMinimal }
    let whole = value
    self = VariableByteInteger()
    return whole
  }

  /// Bytes that `value` takes, 0 to `maximum`.
  @usableFromInline package static func encodedLength(_ value: Int) -> Int {
    value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x20_0000 ? 3 : 4
  }

  /// Writes `value`, 0 to `maximum`, in `encodedLength` bytes.
  static func append(_ value: Int, to out: inout OutputSpan<UInt8>) {
    var rest = value
    while rest >= 0x80 {
      out.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    out.append(UInt8(truncatingIfNeeded: rest))
  }
}
