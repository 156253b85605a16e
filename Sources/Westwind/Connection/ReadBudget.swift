internal import WestwindSockets

/// Looks at the clock now and then in a loop that never has to wait, because the peer never stops sending: nothing else
/// would end it at its deadline.
struct ReadBudget {
  private static let limit = 16
  private var spent = 0

  /// - Parameter count: the bytes that were read last; each may have cost the work of a frame.
  /// - Returns: whether the deadline has passed, which is asked only every sixteenth time, or every 64 KiB; so a call
  ///   that does not wait makes no more reads than that.
  mutating func isSpent(_ deadline: Deadline, reading count: Int = 0) -> Bool {
    spent &+= 1 + count >> 12
    guard spent >= Self.limit else { return false }
    spent = 0
    return deadline.hasPassed
  }
}
