internal import SystemPackage

/// How an operation behaves where it would have to wait.
@safe public struct Wait: Sendable {
  /// Until when; nil: as the descriptor itself is set, blocking or not.
  public var deadline: Deadline?
  @usableFromInline var keptElsewhere: Unmanaged<Interruption>?

  public init(until deadline: Deadline?) {
    self.deadline = deadline
    unsafe keptElsewhere = nil
  }

  /// The interruption is kept by whoever makes the `Wait`, for as long as the call takes that it is for: to keep it once
  /// more would cost each call two atomic operations. A local variable does not keep it: its last use is this one.
  @unsafe @inlinable public init(until deadline: Deadline?, interruption: Interruption) {
    self.deadline = deadline
    unsafe keptElsewhere = Unmanaged.passUnretained(interruption)
  }

  /// What lets another thread end the wait. Sound to ask for as long as the call takes that the `Wait` was handed to.
  @unsafe public var interruption: Interruption? { unsafe keptElsewhere?.takeUnretainedValue() }

  /// Whether there is an interruption.
  public var canBeInterrupted: Bool { unsafe keptElsewhere != nil }

  /// The same with another end: for an operation that makes several calls, or calls the descriptor below.
  public func until(_ deadline: Deadline?) -> Wait {
    var wait = self
    wait.deadline = deadline
    return wait
  }

  /// Runs a system call that may block, so that it can be ended from elsewhere.
  ///
  /// - Returns: as `Interruption.blocking`; what the call gave where nothing was said of an interruption.
  @inline(__always) func blocking<R>(_ call: () -> Result<R, Errno>) -> Result<R, Errno> {
    guard let keptElsewhere = unsafe keptElsewhere else { return call() }
    return unsafe keptElsewhere._withUnsafeGuaranteedRef { $0.blocking(call) }
  }
}
