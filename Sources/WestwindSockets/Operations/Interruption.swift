internal import CWestwindLinux
internal import Glibc
internal import Synchronization
public import SystemPackage

/// Lets one thread end another's blocking call.
///
/// A thread that waits in the kernel for a socket can be woken by closing or shutting down that socket, or by a
/// signal. The socket is the caller's and stays open, so it is a signal, and it goes only to the thread that waits:
/// its call returns `EINTR`, finds itself interrupted and gives up with `ECANCELED`. One thread at a time waits
/// under one interruption; the lock of the side that reads, or writes, sees to that.
public final class Interruption: Sendable {
  /// Why nobody may wait now: any of these bits.
  private let reasons = Atomic<UInt32>(0)
  private static let interrupted: UInt32 = 1
  private static let nudged: UInt32 = 2
  /// The number of the thread that is in the kernel, or about to be; 0 for none.
  private let waiting = Atomic<CInt>(0)
  /// How many threads are about to signal the one that they saw there.
  private let signalling = Atomic<Int>(0)

  public init() {}

  /// Runs a system call that may block.
  ///
  /// - Returns: `ECANCELED` where the interruption has come, `nudged` where a nudge has; what the call gave otherwise.
  @inline(__always) func blocking<R>(_ call: () -> Result<R, Errno>) -> Result<R, Errno> {
    WakeSignal.admitOnThisThread()
    // Of two threads, one that says that it waits and then looks for a reason, and one that gives a reason and then
    // looks for who waits, one at least sees the other: both are in the one order of all such operations.
    waiting.store(cl_thread_number(), ordering: .sequentiallyConsistent)
    if let reason = reason {
      leave()
      return .failure(reason)
    }
    let result = call()
    leave()
    if case .failure(.interrupted) = result, let reason = reason {
      return .failure(reason)
    }
    return result
  }

  /// Returns when no signal is on its way to this thread any more: it would end a call of the program's own.
  @inline(__always) private func leave() {
    waiting.store(0, ordering: .sequentiallyConsistent)
    // Who has seen this thread wait has given a reason before, and is seen here until the signal is sent.
    if reasons.load(ordering: .sequentiallyConsistent) != 0 || signalling.load(ordering: .sequentiallyConsistent) != 0 {
      awaitSignals()
    }
  }

  private func awaitSignals() {
    // Not for ever: a process that was forked off in that moment has nobody who would come to the end of it.
    for round in 0..<1000 {
      guard signalling.load(ordering: .sequentiallyConsistent) != 0 else { break }
      if round < 100 { sched_yield() } else { Syscalls.sleep(nanoseconds: 20_000) }
    }
    // What has been sent is pending now, and is delivered on the way out of any system call.
    sched_yield()
  }

  private var reason: Errno? {
    switch reasons.load(ordering: .sequentiallyConsistent) {
    case 0: nil
    case let reasons: reasons & Self.interrupted != 0 ? .canceled : .nudged
    }
  }

  /// Ends the wait of the thread that is blocked, if one is, and of all that come after, with `ECANCELED`.
  public func interrupt() {
    wake(for: Self.interrupted)
  }

  /// Ends the wait of the thread that is blocked, if one is, or else the next one, with `nudged`: it is to look at the
  /// state of things again.
  public func nudge() {
    wake(for: Self.nudged)
  }

  /// The state of things is about to be looked at.
  public func forgetNudge() {
    // A nudge that is not seen here yet ends the wait that follows.
    guard reasons.load(ordering: .relaxed) & Self.nudged != 0 else { return }
    reasons.bitwiseAnd(~Self.nudged, ordering: .sequentiallyConsistent)
  }

  /// Returns when the thread has left the kernel. The signal is repeated, since it may arrive in the moment before the
  /// thread enters the kernel, where it would be lost; but not for ever, since the program may have taken the signal
  /// for itself, or blocked it; and not where the thread has forgotten the nudge since, and waits anew.
  private func wake(for reason: UInt32) {
    reasons.bitwiseOr(reason, ordering: .sequentiallyConsistent)
    var pause = 20_000
    for _ in 0..<1000 {
      guard signalWaiting() else { return }
      Syscalls.sleep(nanoseconds: pause)
      pause = min(pause * 2, 1_000_000)
    }
  }

  /// - Returns: false where nobody waits, or no longer for what there was a reason to end.
  private func signalWaiting() -> Bool {
    // Said before looking: whoever waits either is seen to have left, or sees this and stays until the signal is sent.
    signalling.wrappingAdd(1, ordering: .sequentiallyConsistent)
    defer { signalling.wrappingSubtract(1, ordering: .sequentiallyConsistent) }
    let thread = waiting.load(ordering: .sequentiallyConsistent)
    guard thread != 0, reasons.load(ordering: .sequentiallyConsistent) != 0 else { return false }
    _ = cl_signal_thread(thread, WakeSignal.number)
    return true
  }
}

extension Errno {
  /// What a wait ends with that was nudged; no call that waits fails with this number (`EALREADY`) by itself.
  public static var nudged: Errno { .alreadyInProcess }
}
