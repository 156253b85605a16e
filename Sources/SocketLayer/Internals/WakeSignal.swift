internal import CLinux
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

  /// Set for threads that let the signal through. Dispatch's threads block every signal they can.
  private static let admitted: pthread_key_t = {
    var key = pthread_key_t()
    // Sound: the key is made once, and its value is never followed as a pointer.
    unsafe pthread_key_create(&key, nil)
    return key
  }()

  /// Lets the signal through on this thread, once.
  static func admitOnThisThread() {
    guard unsafe pthread_getspecific(admitted) == nil else { return }
    var set = sigset_t()
    unsafe sigemptyset(&set)
    unsafe sigaddset(&set, number)
    unsafe pthread_sigmask(SIG_UNBLOCK, &set, nil)
    unsafe pthread_setspecific(admitted, UnsafeRawPointer(bitPattern: 1))
  }
}
