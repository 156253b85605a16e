import Glibc

/// Nanoseconds on the monotonic clock.
///
/// The corresponding C function is `clock_gettime` with `CLOCK_MONOTONIC`.
package func monotonicNanoseconds() -> UInt64 {
  var time = timespec()
  unsafe clock_gettime(CLOCK_MONOTONIC, &time)
  return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
}

extension Duration {
  /// The whole duration in nanoseconds; it must not be negative.
  package var nanoseconds: UInt64 {
    let (seconds, attoseconds) = components
    return UInt64(seconds) &* 1_000_000_000 &+ UInt64(attoseconds / 1_000_000_000)
  }
}
