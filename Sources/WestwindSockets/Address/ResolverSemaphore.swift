internal import CWestwindLinux

/// How many names may be looked up at once, each on a thread of its own.
///
/// A resolver that hangs keeps its thread for as long as it likes, and a program that goes on trying would gather one
/// with each attempt.
package final class ResolverSemaphore: Sendable {
  private static let ofProcess = SharedLock((forks: cl_fork_count(), places: ResolverSemaphore(limit: 16)))

  /// Those of the process. One that was forked off begins with all of them: the parent's threads, which may have some, are
  /// not in it.
  static var shared: ResolverSemaphore {
    ofProcess.withLock { current in
      if current.forks != cl_fork_count() { current = (cl_fork_count(), ResolverSemaphore(limit: 16)) }
      return current.places
    }
  }

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
