internal import SystemPackage

/// How an operation behaves if it has to wait.
public struct Wait: Sendable {
  /// The moment at which waiting ends; nil: as the descriptor itself is set, blocking or not.
  public let deadline: Deadline?
  /// Lets another thread end the wait. There is one only beside a deadline: a system call that blocks by itself could not
  /// be ended.
  package let waker: Waker?

  @inlinable public init(until deadline: Deadline?) {
    self.init(deadline, nil)
  }

  @inlinable package init(until deadline: Deadline, waker: Waker) {
    self.init(deadline, waker)
  }

  @usableFromInline init(_ deadline: Deadline?, _ waker: Waker?) {
    self.deadline = deadline
    self.waker = waker
  }

  /// The same with another end: for an operation that makes several calls, or calls the descriptor below.
  public func until(_ deadline: Deadline?) -> Wait {
    Wait(deadline, deadline == nil ? nil : waker)
  }
}
