internal import Glibc
public import SystemPackage

/// Lets one thread end another's blocking call.
///
/// A thread that waits in the kernel for a socket can be woken by closing or shutting down that socket, or by a
/// signal. The socket is the caller's and stays open, so it is a signal, and it goes only to the thread that waits:
/// its call returns `EINTR`, finds itself interrupted and gives up with `ECANCELED`. One thread at a time waits
/// under one interruption; the lock of the side that reads, or writes, sees to that.
public final class Interruption: Sendable {
  private struct State {
    var isInterrupted = false
    var isNudged = false
    var waiting: pthread_t?

    /// Why nobody may wait now.
    var reason: Errno? { isInterrupted ? .canceled : isNudged ? .nudged : nil }
  }

  private let state = Lock(State())

  public init() {}

  /// Runs a system call that may block.
  ///
  /// - Returns: `ECANCELED` where the interruption has come, `nudged` where a nudge has; what the call gave otherwise.
  func blocking<R>(_ call: () -> Result<R, Errno>) -> Result<R, Errno> {
    WakeSignal.admitOnThisThread()
    let reason = state.withLock { state in
      if state.reason == nil { state.waiting = pthread_self() }
      return state.reason
    }
    if let reason { return .failure(reason) }
    let result = call()
    let reasonMeanwhile = state.withLock { state in
      state.waiting = nil
      return state.reason
    }
    if let reasonMeanwhile, case .failure(.interrupted) = result { return .failure(reasonMeanwhile) }
    return result
  }

  /// Ends the wait of the thread that is blocked, if one is, and of all that come after, with `ECANCELED`.
  public func interrupt() {
    wake { $0.isInterrupted = true }
  }

  /// Ends the wait of the thread that is blocked, if one is, or else the next one, with `nudged`: it is to look at the
  /// state of things again.
  public func nudge() {
    wake { $0.isNudged = true }
  }

  /// The state of things is about to be looked at.
  public func forgetNudge() {
    state.withLock { $0.isNudged = false }
  }

  /// Returns when the thread has left the kernel. The signal is repeated, since it may arrive in the moment before the
  /// thread enters the kernel, where it would be lost; but not for ever, since the program may have taken the signal
  /// for itself, or blocked it; and not where the thread has forgotten the nudge since, and waits anew.
  private func wake(_ change: (inout State) -> Void) {
    state.withLock { change(&$0) }
    var pause = 20_000
    for _ in 0..<1000 {
      let isWaiting = state.withLock { state in
        guard state.reason != nil, let thread = state.waiting else { return false }
        // Sound: the thread is inside `blocking`, which takes this lock before it can leave and end.
        pthread_kill(thread, WakeSignal.number)
        return true
      }
      guard isWaiting else { return }
      Syscalls.sleep(nanoseconds: pause)
      pause = min(pause * 2, 1_000_000)
    }
  }
}

extension Errno {
  /// What a wait ends with that was nudged; no call that waits fails with this number (`EALREADY`) by itself.
  public static var nudged: Errno { .alreadyInProcess }
}
