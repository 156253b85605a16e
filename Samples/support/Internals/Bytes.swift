import Glibc

/// Where two runs of bytes of the same length first differ; nil when they are equal.
///
/// The corresponding C function is `memcmp`.
func placeOfDifference(_ left: RawSpan, _ right: RawSpan) -> Int? {
  let count = left.byteCount
  guard count > 0 else { return nil }
  // Sound: both have `count` bytes.
  let isEqual = unsafe left.withUnsafeBytes { left in
    unsafe right.withUnsafeBytes { right in
      unsafe memcmp(left.baseAddress!, right.baseAddress!, count) == 0
    }
  }
  return isEqual ? nil : (0..<count).first { left[byte: $0] != right[byte: $0] }
}

extension Array where Element: BitwiseCopyable {
  /// Lends the first `count` bytes of the array's memory.
  package func withBytes<R>(first count: Int, _ body: (RawSpan) throws -> R) rethrows -> R {
    // Sound for elements without padding, which all arrays here have.
    try unsafe body(span.bytes.extracting(first: count))
  }
}
