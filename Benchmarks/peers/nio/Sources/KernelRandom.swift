import Glibc

/// The kernel's random numbers, of which it is asked for many at once: the system's generator asks for each.
struct KernelRandom: RandomNumberGenerator {
  /// 256 bytes, which is what `getentropy` gives at most.
  private var pool = [UInt64](repeating: 0, count: 32)
  private var used = 32

  mutating func next() -> UInt64 {
    if used == pool.count {
      guard getentropy(&pool, pool.count * MemoryLayout<UInt64>.size) == 0 else { fail("getentropy fails") }
      used = 0
    }
    defer { used += 1 }
    return pool[used]
  }
}
