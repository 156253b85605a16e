internal import CWestwindLinux
internal import Glibc

/// The signal that wakes a blocked thread: it does nothing but end the system call.
///
/// SIGURG, because what it stands for (out-of-band data for a process that asked for it) is hardly used and its
/// default is to be ignored; where the program has a handler for it, the highest real-time signal without one.
enum WakeSignal {
  /// Installed at first use.
  static let number: Int32 = {
    for candidate in [SIGURG] + (0..<16).map({ cl_highest_signal() - $0 }) {
      var present = sigaction()
      guard unsafe sigaction(candidate, nil, &present) == 0, unsafe cl_signal_is_default(&present) != 0 else {
        continue
      }
      var action = cl_signal_action { _ in }
      if unsafe sigaction(candidate, &action, nil) == 0 { return candidate }
    }
    return SIGURG
  }()

  /// Lets the signal through on this thread, once. Dispatch's threads block every signal they can.
  static func admitOnThisThread() {
    guard !cl_thread_admits_wake_signal() else { return }
    var set = sigset_t()
    unsafe sigemptyset(&set)
    unsafe sigaddset(&set, number)
    unsafe pthread_sigmask(SIG_UNBLOCK, &set, nil)
    cl_note_wake_signal_admitted()
  }
}
