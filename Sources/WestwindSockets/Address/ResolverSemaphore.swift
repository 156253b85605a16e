/// How many names may be looked up at once, each on a thread of its own.
///
/// A resolver that hangs keeps its thread for as long as it likes, and a program that goes on trying would gather one
/// with each attempt.
package final class ResolverSemaphore: Sendable {
  /// Those of the process.
  static let shared = ResolverSemaphore(limit: 16)

  let limit: Int
  private let free: Monitor<Int>

  package init(limit: Int) {
    self.limit = limit
    free = Monitor(limit)
  }

  /// - Returns: false where the deadline passed before one was free.
  func take(until deadline: Deadline) -> Bool {
    free.wait(until: deadline) { free in
      guard free > 0 else { return nil }
      free -= 1
      return true
    } ?? false
  }

  func giveBack() {
    free.change { $0 += 1 }
  }
}
