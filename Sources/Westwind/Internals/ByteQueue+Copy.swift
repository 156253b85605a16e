extension ByteQueue {
  /// Copies the first `count` bytes to a caller's buffer; there has to be room for them.
  func copyFirst(_ count: Int, to output: inout OutputRawSpan) {
    precondition(count <= self.count && count <= output.freeCapacity, "more than waits, or than there is room for")
    withFirst(count) { bytes in
      // Sound: both sides have been checked to hold `count` bytes.
      unsafe output.withUnsafeMutableBytes { room, written in
        unsafe bytes.withUnsafeBytes { bytes in
          guard let source = bytes.baseAddress, let target = room.baseAddress else { return }
          unsafe (target + written).copyMemory(from: source, byteCount: bytes.count)
        }
        written += count
      }
    }
  }

  /// Copies the first `count` bytes into an array of fixed size.
  func copyFirst(_ count: Int, to bytes: inout InlineArray<125, UInt8>, at offset: Int) {
    precondition(count <= self.count && offset + count <= 125, "more than waits, or than there is room for")
    var span = bytes.mutableSpan
    withFirst(count) { source in
      // Sound: both sides have been checked to hold `count` bytes.
      unsafe span.withUnsafeMutableBytes { target in
        unsafe source.withUnsafeBytes { source in
          guard let from = source.baseAddress, let to = target.baseAddress else { return }
          unsafe (to + offset).copyMemory(from: from, byteCount: source.count)
        }
      }
    }
  }
}

extension RawSpan {
  /// Lends the same bytes as `Span<UInt8>`. Sound: any byte is a UInt8.
  func withByteSpan<R, E: Error>(_ body: (Span<UInt8>) throws(E) -> R) throws(E) -> R {
    try unsafe withUnsafeBytes { bytes throws(E) in try unsafe body(Span(_unsafeBytes: bytes)) }
  }
}
