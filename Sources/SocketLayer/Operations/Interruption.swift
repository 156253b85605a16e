internal import Glibc
internal import Synchronization
internal import SystemPackage

/// Lets one thread end another's blocking call.
///
/// A thread that waits in the kernel for a socket can be woken by closing or shutting down that socket, or by a
/// signal. The socket is the caller's and stays open, so it is a signal, and it goes only to the thread that waits:
/// its call returns `EINTR`, finds itself interrupted and gives up with `ECANCELED`. One thread at a time waits
/// under one interruption; the lock of the side that reads, or writes, sees to that.
public final class Interruption: Sendable {
  private struct State {
    var isInterrupted = false
    var waiting: pthread_t?
  }

  private let state = Mutex(State())

  public init() {}

  /// Runs a system call that may block.
  ///
  /// - Throws: `ECANCELED` where the interruption has come; what the call failed with otherwise, `EINTR` included.
  func blocking<R>(_ call: () -> Result<R, Errno>) -> Result<R, Errno> {
    WakeSignal.admitOnThisThread()
    let isInterrupted = state.withLock { state in
      if !state.isInterrupted { state.waiting = pthread_self() }
      return state.isInterrupted
    }
    guard !isInterrupted else { return .failure(.canceled) }
    let result = call()
    let interruptedMeanwhile = state.withLock { state in
      state.waiting = nil
      return state.isInterrupted
    }
    if interruptedMeanwhile, case .failure(.interrupted) = result { return .failure(.canceled) }
    return result
  }

  /// Ends the wait of the thread that is blocked, if one is, and of all that come after.
  ///
  /// Returns when the thread has left the kernel. The signal is repeated, since it may arrive in the moment before
  /// the thread enters the kernel, where it would be lost.
  public func interrupt() {
    var pause: Int32 = 20_000
    while state.withLock({ state in
      state.isInterrupted = true
      guard let thread = state.waiting else { return false }
      // Sound: the thread is inside `blocking`, which takes this lock before it can leave and end.
      pthread_kill(thread, WakeSignal.number)
      return true
    }) {
      Syscalls.sleep(nanoseconds: Int(pause))
      pause = min(pause * 2, 1_000_000)
    }
  }
}
