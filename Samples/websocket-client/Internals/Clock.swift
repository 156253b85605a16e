import Glibc
import SocketLayer

/// Nanoseconds on the monotonic clock.
///
/// The corresponding C function is `clock_gettime` with `CLOCK_MONOTONIC`.
func monotonicNanoseconds() -> UInt64 {
  var time = timespec()
  unsafe clock_gettime(CLOCK_MONOTONIC, &time)
  return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
}

/// A point on the monotonic clock up to which several calls together may last.
struct Deadline {
  private let nanoseconds: UInt64

  init(after limit: Duration, from start: UInt64 = monotonicNanoseconds()) {
    nanoseconds = start &+ limit.nanoseconds
  }

  /// Nanoseconds left; zero once the deadline has passed.
  var nanosecondsLeft: UInt64 {
    let now = monotonicNanoseconds()
    return now < nanoseconds ? nanoseconds &- now : 0
  }

  var timeLeft: Timeout {
    Timeout(.nanoseconds(Int64(nanosecondsLeft)))
  }
}

extension Duration {
  /// The whole duration in nanoseconds; it must not be negative.
  var nanoseconds: UInt64 {
    let (seconds, attoseconds) = components
    return UInt64(seconds) &* 1_000_000_000 &+ UInt64(attoseconds / 1_000_000_000)
  }
}
