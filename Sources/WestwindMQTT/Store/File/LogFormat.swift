// The file of a store is a log: what was written last stands last, and nothing in it changes. All numbers are little
// endian.
//
//      0        8        12     16       20
//     +--------+--------+------+--------+-----------+-----------+--
//     | magic  | version| salt | check  |  a batch  |  a batch  | ...
//     +--------+--------+------+--------+-----------+-----------+--
//
//     a batch, which is what one write wrote:
//
//      0        4        12     16       20
//     +--------+--------+------+--------+----------+----------+--
//     | length | offset | body | check  | a record | a record | ...
//     |        |        | check|        |          |          |
//     +--------+--------+------+--------+----------+----------+--
//
// `length` is that of the records, `offset` where the batch stands in the file. Checks are CRC-32; a header's begins with
// the file's salt, so that no message can hold the header of a batch. A header that checks says how long its batch is, so
// a batch that reaches past the end of the file was cut, and is none that was changed.

/// The first bytes of a store's file.
struct LogHeader {
  static let size = 20
  static let magic = Array("Westwind".utf8)
  static let version: UInt32 = 1

  /// Differs from file to file.
  var salt: UInt32

  var bytes: [UInt8] {
    var bytes = LogHeader.fixedPart
    bytes.appendInteger(salt)
    bytes.appendInteger(check(bytes.span))
    return bytes
  }

  /// What every file begins with.
  static var fixedPart: [UInt8] {
    var bytes = magic
    bytes.appendInteger(version)
    return bytes
  }

  /// - Parameter bytes: as many as a header has.
  /// - Returns: nil where they are none.
  static func read(_ bytes: Span<UInt8>) -> LogHeader? {
    var fields = LogFieldReader(bytes)
    for byte in fixedPart where fields.integer(UInt8.self) != byte { return nil }
    guard let salt = fields.integer(UInt32.self), let sum = fields.integer(UInt32.self) else { return nil }
    let header = LogHeader(salt: salt)
    return sum == header.check(bytes.extracting(0..<(size - 4))) ? header : nil
  }

  private func check(_ bytes: Span<UInt8>) -> UInt32 {
    var sum = Checksum()
    // Sound: bytes have no padding.
    unsafe sum.add(bytes.bytes)
    return sum.value
  }
}

/// The first bytes of a batch.
struct BatchHeader {
  static let size = 20

  /// Bytes of records.
  var length: Int
  /// Where in the file the batch stands.
  var offset: Int
  /// The check of the records.
  var bodyCheck: UInt32

  /// Writes it over the first bytes of `batch`.
  func write(over batch: inout [UInt8], salt: UInt32) {
    batch.setInteger(UInt32(length), at: 0)
    batch.setInteger(UInt64(offset), at: 4)
    batch.setInteger(bodyCheck, at: 12)
    batch.setInteger(BatchHeader.check(batch.span, salt), at: 16)
  }

  /// - Parameters:
  ///   - bytes: as many as a header has, or more.
  ///   - offset: where they stand in the file.
  /// - Returns: nil where they are none.
  static func read(_ bytes: Span<UInt8>, at offset: Int, salt: UInt32) -> BatchHeader? {
    var fields = LogFieldReader(bytes)
    guard let length = fields.integer(UInt32.self), fields.integer(UInt64.self) == UInt64(offset),
      let bodyCheck = fields.integer(UInt32.self), fields.integer(UInt32.self) == check(bytes, salt)
    else { return nil }
    return BatchHeader(length: Int(length), offset: offset, bodyCheck: bodyCheck)
  }

  private static func check(_ bytes: Span<UInt8>, _ salt: UInt32) -> UInt32 {
    var sum = Checksum(seed: salt)
    // Sound: bytes have no padding.
    unsafe sum.add(bytes.extracting(0..<16).bytes)
    return sum.value
  }
}
