/// The four bytes that a client's payload is masked with (RFC 6455 5.3).
public struct MaskingKey: Sendable, Hashable {
  /// The first byte on the wire in the low bits.
  @usableFromInline let littleEndian: UInt32

  /// - Parameter littleEndian: the key, its first byte on the wire in the low bits. Take it from a strong source of
  ///   randomness: a peer must not be able to guess it (RFC 6455 10.3).
  @inlinable public init(littleEndian: UInt32) {
    self.littleEndian = littleEndian
  }

  /// The key's byte `index` (0 to 3) in the order of the wire.
  public subscript(index: Int) -> UInt8 {
    UInt8(truncatingIfNeeded: littleEndian >> UInt32(8 * (index & 3)))
  }

  /// The eight bytes to mask payload with from byte `payloadOffset` of it on, the first in the low bits.
  @inlinable public func pattern(at payloadOffset: Int) -> UInt64 {
    let bits = UInt32(truncatingIfNeeded: payloadOffset & 3) &* 8
    let turned = littleEndian &>> bits | littleEndian &<< (32 &- bits)
    return UInt64(turned) << 32 | UInt64(turned)
  }

  /// Masks, or unmasks, a run of bytes where it lies. Doing it twice gives back what was there.
  ///
  /// The run may begin and end anywhere: the key is turned to fit the words, and the words at both ends are masked
  /// in part, so no byte is ever handled alone.
  ///
  /// - Parameters:
  ///   - words: the memory that holds the run, as words.
  ///   - bytes: the run, in bytes from the beginning of `words`.
  ///   - payloadOffset: how far into the frame's payload the run's first byte is.
  public func apply(to words: inout MutableSpan<UInt64>, bytes: Range<Int>, payloadOffset: Int) {
    guard !bytes.isEmpty else { return }
    // The byte at memory position p takes the key's byte (p + payloadOffset - lowerBound) mod 4.
    let pattern = pattern(at: payloadOffset &- bytes.lowerBound)

    let first = bytes.lowerBound / 8
    let last = (bytes.upperBound - 1) / 8
    let inFirst = UInt64.max << UInt64(8 * (bytes.lowerBound & 7))
    let inLast = UInt64.max >> UInt64(8 * (7 - (bytes.upperBound - 1) & 7))
    if first == last {
      words[first] ^= (pattern & inFirst & inLast).littleEndian
      return
    }
    words[first] ^= (pattern & inFirst).littleEndian
    words[last] ^= (pattern & inLast).littleEndian
    let wholeWord = pattern.littleEndian
    precondition(first + 1 <= last && last < words.count)  // hoists the bounds check out of the loop
    for i in (first + 1)..<last {
      words[i] ^= wholeWord
    }
  }
}
