import Glibc
import Westwind
import WestwindSockets
import WestwindTestSupport

/// What a process has of the things that a run must not leave behind. Meaningful only while nothing else runs in it.
struct Leftovers: Equatable {
  private let descriptors: [CInt: String]
  private let contexts: Int
  private let threads: Int

  static func now() -> Leftovers {
    // The thread has its wake descriptor from here on, whether or not it had to wait before.
    try? Waker().withWaiting {}
    return Leftovers(
      descriptors: openDescriptors(), contexts: websocketContexts().count, threads: threadCount())
  }

  /// What there is more than before, in a line; nil where there is nothing.
  ///
  /// A thread that has been joined may be on the kernel's list for a moment still, so it is waited for.
  func complaint(timeout: Duration = .seconds(10)) -> String? {
    let deadline = ContinuousClock.now + timeout
    while true {
      let now = Leftovers.now()
      let opened = now.descriptors.filter { descriptors[$0.key] != $0.value }
      if !opened.isEmpty { return "descriptors left open: \(opened.sorted { $0.key < $1.key })" }
      if now.contexts != contexts { return "\(now.contexts) contexts, not \(contexts)" }
      if now.threads <= threads { return nil }
      guard .now < deadline else { return "\(now.threads) threads, not \(threads)" }
      sched_yield()
    }
  }
}
