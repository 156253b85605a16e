extension UnsafeMutableRawPointer {
  /// Copies bytes and masks them on the way: one pass over the payload (RFC 6455 5.3). Neither side has to be aligned.
  ///
  /// - Parameters:
  ///   - source: `byteCount` bytes, apart from those that are written.
  ///   - pattern: the key's bytes for the first eight of them, the first in the low bits.
  @usableFromInline func copyMasked(from source: UnsafeRawPointer, byteCount: Int, pattern: UInt64) {
    let word = pattern.littleEndian
    let words = SIMD8<UInt64>(repeating: word)
    var done = 0
    // Sound, all of it: what is loaded and stored lies before `byteCount`, and may lie anywhere in memory.
    while byteCount - done >= 64 {
      let block = unsafe source.loadUnaligned(fromByteOffset: done, as: SIMD8<UInt64>.self) ^ words
      unsafe storeBytes(of: block, toByteOffset: done, as: SIMD8<UInt64>.self)
      done += 64
    }
    while byteCount - done >= 8 {
      let bytes = unsafe source.loadUnaligned(fromByteOffset: done, as: UInt64.self) ^ word
      unsafe storeBytes(of: bytes, toByteOffset: done, as: UInt64.self)
      done += 8
    }
    // Fewer than eight are left, and the pattern begins with the first of them: four, two and one.
    var rest = pattern
    if byteCount - done >= 4 {
      let bytes = unsafe source.loadUnaligned(fromByteOffset: done, as: UInt32.self)
      unsafe storeBytes(of: bytes ^ UInt32(truncatingIfNeeded: rest).littleEndian, toByteOffset: done, as: UInt32.self)
      done += 4
      rest >>= 32
    }
    if byteCount - done >= 2 {
      let bytes = unsafe source.loadUnaligned(fromByteOffset: done, as: UInt16.self)
      unsafe storeBytes(of: bytes ^ UInt16(truncatingIfNeeded: rest).littleEndian, toByteOffset: done, as: UInt16.self)
      done += 2
      rest >>= 16
    }
    if byteCount > done {
      let byte = unsafe source.load(fromByteOffset: done, as: UInt8.self)
      unsafe storeBytes(of: byte ^ UInt8(truncatingIfNeeded: rest), toByteOffset: done, as: UInt8.self)
    }
  }
}
