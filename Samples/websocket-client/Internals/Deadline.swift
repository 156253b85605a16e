import SampleSupport
import WestwindSockets

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
