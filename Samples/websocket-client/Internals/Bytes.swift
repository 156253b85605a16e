import Glibc

/// Memory of a fixed size that two threads may look at.
///
/// Whoever writes to it sees to it that nobody else reads at that time.
final class Bytes: @unchecked Sendable {
  let buffer: UnsafeMutableRawBufferPointer

  /// `count` bytes, rounded up to whole 64-bit words, all zero.
  init(count: Int) {
    buffer = .allocate(byteCount: max(8, (count + 7) & ~7), alignment: 16)
    buffer.initializeMemory(as: UInt8.self, repeating: 0)
  }

  deinit {
    buffer.deallocate()
  }

  func prefix(_ count: Int) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: buffer[..<count])
  }
}

/// Where two runs of bytes first differ; nil when they are equal. Both have the same length.
///
/// The corresponding C function is `memcmp`.
func placeOfDifference(_ left: RawSpan, _ right: RawSpan) -> Int? {
  let count = left.byteCount
  let isEqual = left.withUnsafeBytes { left in
    right.withUnsafeBytes { right in
      count == 0 || memcmp(left.baseAddress!, right.baseAddress!, count) == 0
    }
  }
  if isEqual { return nil }
  return (0..<count).first { left[byte: $0] != right[byte: $0] }
}

extension RawSpan {
  subscript(byte offset: Int) -> UInt8 {
    withUnsafeBytes { $0[offset] }
  }
}
