import Glibc
import Testing
import WestwindSockets
import WestwindTestSupport

/// Ends the process of an exit test in which nothing has happened for a while, and says what it was at.
final class Watchdog: Sendable {
  private struct State {
    var activity: String
    var since = ContinuousClock.now
    var isOver = false
  }

  private let state: Lock<State>
  private let patience: Duration

  /// - Parameter patience: how long one activity may take. Far above what any takes, since the machine may be busy.
  init(_ activity: String, patience: Duration = .seconds(120)) {
    state = Lock(State(activity: activity))
    self.patience = patience
    _ = BlockingThread { [self] in watch() }
  }

  func note(_ activity: @autoclosure () -> String) {
    let activity = activity()
    state.withLock { $0 = State(activity: activity) }
  }

  func stop() {
    state.withLock { $0.isOver = true }
  }

  private func watch() {
    while true {
      let state = state.withLock { $0 }
      if state.isOver { return }
      if .now > state.since + patience {
        Issue.record("stuck for \(patience): \(state.activity)")
        exit(1)
      }
      usleep(100_000)
    }
  }
}
