// Little-endian numbers in the log.

extension [UInt8] {
  mutating func appendInteger<I: FixedWidthInteger>(_ value: I) {
    for i in 0..<MemoryLayout<I>.size { append(UInt8(truncatingIfNeeded: value >> (8 * i))) }
  }

  /// Writes a number over bytes that are there.
  mutating func setInteger<I: FixedWidthInteger>(_ value: I, at index: Int) {
    for i in 0..<MemoryLayout<I>.size { self[index + i] = UInt8(truncatingIfNeeded: value >> (8 * i)) }
  }
}

/// Reads numbers one behind the other; nil at the end.
struct LogFieldReader: ~Escapable {
  private let bytes: Span<UInt8>
  private(set) var index = 0

  @_lifetime(copy bytes)
  init(_ bytes: Span<UInt8>) {
    self.bytes = bytes
  }

  var isAtEnd: Bool { index == bytes.count }

  mutating func integer<I: FixedWidthInteger>(_ type: I.Type) -> I? {
    let size = MemoryLayout<I>.size
    guard size <= bytes.count - index else { return nil }
    var value: I = 0
    for i in 0..<size { value |= I(truncatingIfNeeded: bytes[index + i]) << (8 * i) }
    index += size
    return value
  }

  /// Goes past some bytes.
  ///
  /// - Returns: where they are; nil where there are fewer.
  mutating func skip(_ count: Int) -> Range<Int>? {
    guard count <= bytes.count - index else { return nil }
    index += count
    return (index - count)..<index
  }
}
