// Moving bytes between the kinds of spans that packets, buffers and sockets have.

extension OutputSpan where Element == UInt8 {
  /// Copies bytes in; there must be room.
  mutating func append(_ bytes: RawSpan) {
    precondition(bytes.byteCount <= freeCapacity, "more bytes than there is room for")
    // Sound: both sides hold so many bytes, and any byte is a UInt8.
    unsafe withUnsafeMutableBufferPointer { buffer, count in
      unsafe bytes.withUnsafeBytes { source in
        guard let from = source.baseAddress, let to = buffer.baseAddress else { return }
        unsafe UnsafeMutableRawPointer(to + count).copyMemory(from: from, byteCount: source.count)
      }
      count += bytes.byteCount
    }
  }

  mutating func append(_ bytes: Span<UInt8>) {
    // Sound: bytes have no padding.
    unsafe append(bytes.bytes)
  }

  /// Lends the free room as bytes without a type; what was written there counts as appended.
  mutating func appendBytes<R, Failure: Error>(
    _ body: (inout OutputRawSpan) throws(Failure) -> R
  ) throws(Failure) -> R {
    // Sound: the part lent is free room of this span, any byte is a UInt8, and the count grows by what was written.
    try unsafe withUnsafeMutableBufferPointer { buffer, count throws(Failure) in
      var part = unsafe OutputRawSpan(
        buffer: UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[count...]),
        initializedCount: 0)
      defer { count += part.byteCount }
      return try body(&part)
    }
  }
}

extension OutputRawSpan {
  /// Lends the beginning of the free room; what was written there counts as appended.
  mutating func appendBytes<R, Failure: Error>(
    atMost limit: Int, _ body: (inout OutputRawSpan) throws(Failure) -> R
  ) throws(Failure) -> R {
    // Sound: the part lent is free room of this span, and the count grows by what was written.
    try unsafe withUnsafeMutableBytes { buffer, count throws(Failure) in
      let end = min(buffer.count, count + limit)
      var part = unsafe OutputRawSpan(
        buffer: UnsafeMutableRawBufferPointer(rebasing: buffer[count..<end]), initializedCount: 0)
      defer { count += part.byteCount }
      return try body(&part)
    }
  }

  /// Copies bytes in; there must be room.
  mutating func append(_ bytes: RawSpan) {
    precondition(bytes.byteCount <= freeCapacity, "more bytes than there is room for")
    // Sound: both sides hold so many bytes.
    unsafe withUnsafeMutableBytes { buffer, count in
      unsafe bytes.withUnsafeBytes { source in
        guard let from = source.baseAddress, let to = buffer.baseAddress else { return }
        unsafe (to + count).copyMemory(from: from, byteCount: source.count)
      }
      count += bytes.byteCount
    }
  }
}
