/// The moment on the monotonic clock at which a call has to be over.
public struct Deadline: Sendable, Hashable, Comparable {
  /// Nanoseconds of `CLOCK_MONOTONIC`; 0 for "do not wait", `Int64.max` for "without end".
  public let nanoseconds: Int64

  public static let immediate = Deadline(nanoseconds: 0)
  public static let forever = Deadline(nanoseconds: .max)

  /// Now plus the timeout. Does not ask the clock for `.immediate` and `.forever`.
  public init(_ timeout: Timeout) {
    switch timeout {
    case .immediate: self = .immediate
    case .forever: self = .forever
    default:
      let (sum, overflow) = Deadline.now.nanoseconds.addingReportingOverflow(timeout.nanoseconds)
      nanoseconds = overflow ? .max : sum
    }
  }

  package init(nanoseconds: Int64) {
    self.nanoseconds = nanoseconds
  }

  /// The present moment.
  public static var now: Deadline {
    Deadline(nanoseconds: Syscalls.monotonicNanoseconds())
  }

  public var hasPassed: Bool {
    switch self {
    case .immediate: true
    case .forever: false
    default: self <= .now
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
