internal import CWestwindLinux

/// The moment on the monotonic clock at which a call has to be over.
public struct Deadline: Sendable, Hashable, Comparable {
  /// Nanoseconds of `CLOCK_MONOTONIC`; 0 for "do not wait", `Int64.max` for "without end".
  public let nanoseconds: Int64

  @inlinable public static var immediate: Deadline { Deadline(nanoseconds: 0) }
  @inlinable public static var forever: Deadline { Deadline(nanoseconds: .max) }

  /// Now plus the timeout. Does not ask the clock for `.immediate` and `.forever`.
  @inlinable public init(_ timeout: Timeout) {
    // Both are the same numbers here and there.
    let isFixed = timeout == .immediate || timeout == .forever
    self = isFixed ? Deadline(nanoseconds: timeout.nanoseconds) : Deadline.now.adding(timeout)
  }

  @inlinable package init(nanoseconds: Int64) {
    self.nanoseconds = nanoseconds
  }

  /// The present moment.
  public static var now: Deadline {
    Deadline(nanoseconds: Syscalls.monotonicNanoseconds())
  }

  /// Whether the time is over. It is for a thread that was cancelled in a call from C, whatever the moment.
  public var hasPassed: Bool {
    switch self {
    case .immediate: true
    case .forever: cl_is_cancelled()
    default: cl_is_cancelled() || self <= .now
    }
  }

  /// What is left of the time, for a call that takes a timeout; `.immediate` where nothing is.
  package var timeLeft: Timeout {
    switch self {
    case .immediate: .immediate
    case .forever: .forever
    default: Timeout(nanoseconds: max(0, nanoseconds - Deadline.now.nanoseconds))
    }
  }

  public func adding(_ timeout: Timeout) -> Deadline {
    let (sum, overflow) = nanoseconds.addingReportingOverflow(timeout.nanoseconds)
    return Deadline(nanoseconds: overflow ? .max : sum)
  }

  public static func < (a: Deadline, b: Deadline) -> Bool {
    a.nanoseconds < b.nanoseconds
  }
}
