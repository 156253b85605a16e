internal import CWestwindZlib

/// The most that zlib gets in one call: its counts have 32 bits.
let zlibStep = 1 << 30

/// Where zlib reads from, beginning with byte `offset`. zlib does not write there; that its pointer is not const is for
/// old compilers (zlib.h, at `z_const`).
func zlibInput(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> UnsafeMutablePointer<Bytef>? {
  // Sound: the caller sees to it that `offset` is inside, and to how much is read; any byte is a byte.
  guard let base = bytes.baseAddress else { return nil }
  return unsafe UnsafeMutableRawPointer(mutating: base + offset).assumingMemoryBound(to: Bytef.self)
}
