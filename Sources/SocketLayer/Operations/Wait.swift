/// How an operation behaves where it would have to wait.
public struct Wait: Sendable {
  /// Until when; nil: as the descriptor itself is set, blocking or not.
  public var deadline: Deadline?
  /// What lets another thread end the wait.
  public var interruption: Interruption?

  public init(until deadline: Deadline?, interruption: Interruption? = nil) {
    self.deadline = deadline
    self.interruption = interruption
  }
}
