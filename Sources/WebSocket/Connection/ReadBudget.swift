internal import SocketLayer

/// Looks at the clock now and then in a loop that never has to wait, because the peer never stops sending: nothing else
/// would end it at its deadline.
struct ReadBudget {
  private var rounds = 0

  /// - Returns: whether the deadline has passed, which is asked only every sixteenth time; so a call that does not wait
  ///   makes so many reads at the most.
  mutating func isSpent(_ deadline: Deadline) -> Bool {
    rounds &+= 1
    return rounds & 15 == 0 && deadline.hasPassed
  }
}
