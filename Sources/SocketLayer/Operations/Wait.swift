internal import SystemPackage

/// How an operation behaves where it would have to wait.
@safe public struct Wait: Sendable {
  /// Until when; nil: as the descriptor itself is set, blocking or not.
  public var deadline: Deadline?
  /// What lets another thread end the wait. Whoever makes a `Wait` keeps it, for as long as the call takes that it is for:
  /// to keep it once more would cost each call two atomic operations.
  public var interruption: Interruption? {
    get { unsafe keptElsewhere?.takeUnretainedValue() }
    set { unsafe keptElsewhere = newValue.map { unsafe Unmanaged.passUnretained($0) } }
  }

  private var keptElsewhere: Unmanaged<Interruption>?

  /// Runs a system call that may block, so that it can be ended from elsewhere.
  ///
  /// - Returns: as `Interruption.blocking`; what the call gave where nothing was said of an interruption.
  @inline(__always) func blocking<R>(_ call: () -> Result<R, Errno>) -> Result<R, Errno> {
    guard let keptElsewhere = unsafe keptElsewhere else { return call() }
    return unsafe keptElsewhere._withUnsafeGuaranteedRef { $0.blocking(call) }
  }

  public init(until deadline: Deadline?, interruption: Interruption? = nil) {
    self.deadline = deadline
    unsafe keptElsewhere = interruption.map { unsafe Unmanaged.passUnretained($0) }
  }
}
