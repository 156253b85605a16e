internal import SystemPackage

/// How an operation behaves if it has to wait.
public struct Wait: Sendable {
  /// The moment at which waiting ends; nil: as the descriptor itself is set, blocking or not.
  public private(set) var deadline: Deadline?
  /// Lets another thread end the wait. There is one only beside a deadline: a system call that blocks by itself could not
  /// be ended.
  package private(set) var waker: Waker?

  public init(until deadline: Deadline?) {
    self.deadline = deadline
  }

  package init(until deadline: Deadline, waker: Waker) {
    self.deadline = deadline
    self.waker = waker
  }

  /// The same with another end: for an operation that makes several calls, or calls the descriptor below.
  public func until(_ deadline: Deadline?) -> Wait {
    guard let deadline else { return Wait(until: nil) }
    var wait = self
    wait.deadline = deadline
    return wait
  }
}
