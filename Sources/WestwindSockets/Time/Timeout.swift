/// How long a call may take in all, however many reads or writes it needs.
public struct Timeout: Sendable, Hashable {
  /// Nanoseconds; 0 takes what is there now, `Int64.max` waits without end.
  @usableFromInline package let nanoseconds: Int64

  /// Takes or gives only what is possible without waiting.
  @inlinable public static var immediate: Timeout { Timeout(nanoseconds: 0) }
  /// Waits without end (Zephyr's `SYS_FOREVER_MS`).
  @inlinable public static var forever: Timeout { Timeout(nanoseconds: .max) }

  /// Milliseconds; a negative number acts as 0.
  public static func milliseconds(_ count: Int) -> Timeout {
    Timeout(nanoseconds: saturating(Int64(count), times: 1_000_000))
  }

  /// Seconds; a negative number acts as 0.
  public static func seconds(_ count: Int) -> Timeout {
    Timeout(nanoseconds: saturating(Int64(count), times: 1_000_000_000))
  }

  /// A duration; a negative one acts as 0.
  public init(_ duration: Duration) {
    let (seconds, attoseconds) = duration.components
    let whole = Timeout.saturating(seconds, times: 1_000_000_000)
    let (sum, overflow) = whole.addingReportingOverflow(attoseconds / 1_000_000_000)
    self.init(nanoseconds: overflow ? .max : max(0, sum))
  }

  @usableFromInline init(nanoseconds: Int64) {
    self.nanoseconds = nanoseconds
  }

  private static func saturating(_ count: Int64, times factor: Int64) -> Int64 {
    let (product, overflow) = max(0, count).multipliedReportingOverflow(by: factor)
    return overflow ? .max : product
  }
}
