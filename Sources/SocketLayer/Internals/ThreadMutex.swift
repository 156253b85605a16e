internal import CLinux
internal import Glibc

/// A mutex of the C library's.
@safe @usableFromInline struct ThreadMutex: ~Copyable, @unchecked Sendable {
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>

  @usableFromInline init() {
    // Sound: allocated and initialized once, here, and freed in `deinit`; it never moves.
    unsafe mutex = .allocate(capacity: 1)
    unsafe mutex.initialize(to: pthread_mutex_t())
    // One that says no to the thread that holds it already: better an error than a thread that waits for itself.
    var attributes = pthread_mutexattr_t()
    unsafe pthread_mutexattr_init(&attributes)
    unsafe pthread_mutexattr_settype(&attributes, CInt(PTHREAD_MUTEX_ERRORCHECK))
    unsafe pthread_mutex_init(mutex, &attributes)
    unsafe pthread_mutexattr_destroy(&attributes)
  }

  deinit {
    unsafe pthread_mutex_destroy(mutex)
    unsafe mutex.deallocate()
  }

  @usableFromInline func lock() {
    unsafe pthread_mutex_lock(mutex)
  }

  @usableFromInline func unlock() {
    unsafe pthread_mutex_unlock(mutex)
  }

  /// - Returns: whether it could be had before the deadline.
  @usableFromInline func lock(until deadline: Deadline) -> Bool {
    if unsafe pthread_mutex_trylock(mutex) == 0 { return true }
    switch deadline {
    case .immediate:
      return false
    case .forever:
      return unsafe pthread_mutex_lock(mutex) == 0
    default:
      var time = timespec(
        tv_sec: Int(deadline.nanoseconds / 1_000_000_000), tv_nsec: Int(deadline.nanoseconds % 1_000_000_000))
      return unsafe pthread_mutex_clocklock(mutex, CLOCK_MONOTONIC, &time) == 0
    }
  }
}
