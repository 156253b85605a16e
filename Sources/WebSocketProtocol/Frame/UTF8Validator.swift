/// Checks that text is UTF-8 while it arrives in pieces, and says no at the first piece that holds a bad byte
/// (RFC 6455 8.1, RFC 3629).
///
/// Whole runs go through the standard library's validation; only the sequence that a piece cuts in two is followed
/// byte by byte.
public struct UTF8Validator: Sendable, Hashable {
  /// Continuation bytes still missing from the sequence that the last piece cut, and what the next may be.
  @usableFromInline var missing: UInt8 = 0
  @usableFromInline var lowest: UInt8 = 0x80
  @usableFromInline var highest: UInt8 = 0xBF

  @inlinable public init() {}

  /// True where the text so far does not end inside a character.
  public var isComplete: Bool { missing == 0 }

  /// Takes the next piece.
  ///
  /// - Returns: false as soon as no continuation could make the text valid. The validator is of no use after that.
  public mutating func validate(_ bytes: Span<UInt8>) -> Bool {
    var start = 0
    while missing > 0, start < bytes.count {
      guard step(bytes[start]) else { return false }
      start += 1
    }
    guard start < bytes.count else { return true }
    let end = Self.startOfCutSequence(bytes, from: start)
    if start < end {
      do {
        _ = try UTF8Span(validating: bytes.extracting(start..<end))
      } catch {
        return false
      }
    }
    for i in end..<bytes.count {
      guard step(bytes[i]) else { return false }
    }
    return true
  }

  /// The index of the last sequence where it is not whole, or the end. A sequence has four bytes at most, so three
  /// are enough to look at.
  private static func startOfCutSequence(_ bytes: Span<UInt8>, from start: Int) -> Int {
    let end = bytes.count
    var i = end - 1
    while i >= start, end - i <= 3 {
      let byte = bytes[i]
      if byte & 0xC0 != 0x80 {
        let length = byte < 0xC0 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4
        return length > end - i ? i : end
      }
      i -= 1
    }
    return end
  }

  /// RFC 3629 4, as ranges: no overlong form, no surrogate, nothing past U+10FFFF.
  private mutating func step(_ byte: UInt8) -> Bool {
    if missing > 0 {
      guard byte >= lowest, byte <= highest else { return false }
      missing -= 1
      lowest = 0x80
      highest = 0xBF
      return true
    }
    switch byte {
    case 0x00...0x7F: return true
    case 0xC2...0xDF: expect(1)
    case 0xE0: expect(2, from: 0xA0)
    case 0xED: expect(2, to: 0x9F)
    case 0xE1...0xEF: expect(2)
    case 0xF0: expect(3, from: 0x90)
    case 0xF1...0xF3: expect(3)
    case 0xF4: expect(3, to: 0x8F)
    default: return false
    }
    return true
  }

  private mutating func expect(_ count: UInt8, from lowest: UInt8 = 0x80, to highest: UInt8 = 0xBF) {
    missing = count
    self.lowest = lowest
    self.highest = highest
  }
}
