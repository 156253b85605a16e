internal import CLinux
internal import Glibc
internal import SocketLayer

/// A lock around a value that can be waited for up to a deadline, which the standard library's `Mutex` cannot.
///
/// Sound to send: the value is only reached under the lock.
@safe struct DeadlineMutex<Value: ~Copyable>: ~Copyable, @unchecked Sendable {
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let value: UnsafeMutablePointer<Value>

  init(_ value: consuming Value) {
    // Sound: both are allocated here, initialized once, and freed in `deinit`.
    unsafe mutex = .allocate(capacity: 1)
    unsafe mutex.initialize(to: pthread_mutex_t())
    unsafe pthread_mutex_init(mutex, nil)
    unsafe self.value = .allocate(capacity: 1)
    unsafe self.value.initialize(to: value)
  }

  deinit {
    unsafe value.deinitialize(count: 1)
    unsafe value.deallocate()
    unsafe pthread_mutex_destroy(mutex)
    unsafe mutex.deallocate()
  }

  /// Runs the body with the lock held.
  ///
  /// - Returns: nil where the deadline passed before the lock was free.
  borrowing func withLock<R, E: Error>(
    until deadline: Deadline, _ body: (inout Value) throws(E) -> R
  ) throws(E) -> R? {
    guard acquire(until: deadline) else { return nil }
    defer { unsafe pthread_mutex_unlock(mutex) }
    return try unsafe body(&value.pointee)
  }

  private borrowing func acquire(until deadline: Deadline) -> Bool {
    switch deadline {
    case .immediate:
      return unsafe pthread_mutex_trylock(mutex) == 0
    case .forever:
      return unsafe pthread_mutex_lock(mutex) == 0
    default:
      if unsafe pthread_mutex_trylock(mutex) == 0 { return true }
      var time = timespec(
        tv_sec: Int(deadline.nanoseconds / 1_000_000_000), tv_nsec: Int(deadline.nanoseconds % 1_000_000_000))
      return unsafe pthread_mutex_clocklock(mutex, CLOCK_MONOTONIC, &time) == 0
    }
  }
}
