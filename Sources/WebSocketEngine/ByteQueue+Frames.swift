public import WebSocketProtocol
public import WestwindBuffers

extension ByteQueue {
  /// Appends a frame's header; there has to be room for it.
  @inlinable public mutating func append(_ header: FrameHeader) {
    guard freeAtEnd >= 16 else { return appendTightly(header) }
    // Sound: there is room for all sixteen bytes.
    unsafe append(upTo: 16) { target in unsafe target.store(header) }
  }

  @usableFromInline mutating func appendTightly(_ header: FrameHeader) {
    let count = header.encodedLength
    // Sound: there is room for the bytes of the header, which the call checks; the encoder checks every index.
    unsafe append(upTo: count) { target in
      var bytes = unsafe MutableSpan<UInt8>(
        _unsafeBytes: UnsafeMutableRawBufferPointer(start: target, count: count))
      return header.encode(into: &bytes, at: 0)
    }
  }

  /// Appends a message in one binary frame; there has to be room for its payload and sixteen bytes.
  @inlinable @inline(__always) package mutating func appendBinary(_ payload: RawSpan, mask key: MaskingKey?) {
    let count = payload.byteCount
    let header = FrameHeader(opcode: .binary, maskingKey: key, payloadLength: UInt64(count))
    // Sound: sixteen bytes and the payload fit. What is stored behind the header's end the payload overwrites, or it is
    // free room.
    unsafe append(upTo: count + 16) { base in
      let headerCount = unsafe base.store(header)
      unsafe payload.withUnsafeBytes { payload in
        guard let source = payload.baseAddress else { return }
        let target = unsafe base + headerCount
        if let key {
          unsafe target.copyMasked(from: source, byteCount: count, pattern: key.pattern(at: 0))
        } else {
          unsafe target.copyMemory(from: source, byteCount: count)
        }
      }
      return headerCount + count
    }
  }

  /// Appends payload, masked on the way; there has to be room for it.
  @inlinable public mutating func append(_ payload: RawSpan, mask key: MaskingKey?, payloadOffset: Int) {
    guard let key else { return append(payload) }
    let count = payload.byteCount
    // Sound: `count` bytes are inside the payload, and there is room for them.
    unsafe append(upTo: count) { target in
      unsafe payload.withUnsafeBytes { payload in
        guard let source = payload.baseAddress else { return }
        unsafe target.copyMasked(from: source, byteCount: count, pattern: key.pattern(at: payloadOffset))
      }
      return count
    }
  }

  /// Unmasks bytes where they wait.
  ///
  /// - Parameter range: counted from the first byte that waits.
  @usableFromInline mutating func unmask(_ range: Range<Int>, key: MaskingKey, payloadOffset: Int) {
    precondition(range.upperBound <= count, "nothing waits there")
    withWords { words, first in
      key.apply(
        to: &words, bytes: (first + range.lowerBound)..<(first + range.upperBound), payloadOffset: payloadOffset)
    }
  }
}

extension UnsafeMutableRawPointer {
  /// Writes a header: sixteen bytes, so that nothing depends on its length.
  ///
  /// - Returns: those that are the header's.
  @inlinable @inline(__always) func store(_ header: FrameHeader) -> Int {
    let (low, high) = header.packed
    // Sound if there is room for sixteen bytes, which the caller has seen to.
    unsafe storeBytes(of: low.littleEndian, as: UInt64.self)
    unsafe storeBytes(of: high.littleEndian, toByteOffset: 8, as: UInt64.self)
    return header.encodedLength
  }
}

extension RawSpan {
  /// Lends the same bytes as `Span<UInt8>`. Sound: any byte is a UInt8.
  package func withByteSpan<R, E: Error>(_ body: (Span<UInt8>) throws(E) -> R) throws(E) -> R {
    try unsafe withUnsafeBytes { bytes throws(E) in try unsafe body(Span(_unsafeBytes: bytes)) }
  }
}
