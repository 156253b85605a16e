internal import WestwindSockets

/// Delays before connecting again: exponential, with full jitter, so that clients that lost their broker together do not
/// come back together.
struct Backoff {
  let minimum: Duration
  let maximum: Duration
  private var failures = 0

  init(minimum: Duration, maximum: Duration) {
    // So that doubling a bound stays within what a duration holds.
    self.minimum = min(minimum, Self.longest)
    self.maximum = min(maximum, Self.longest)
  }

  private static let longest = Duration.seconds(1 << 40)

  mutating func reset() { failures = 0 }

  /// At random between nothing and the bound, which doubles with each failure.
  mutating func next() -> Duration {
    var bound = minimum
    for _ in 0..<failures where bound < maximum { bound *= 2 }
    failures += 1
    return min(bound, maximum) * Double.random(in: 0...1)
  }
}
