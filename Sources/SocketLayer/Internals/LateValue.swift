internal import CLinux
internal import Glibc

/// A value that one thread gives, once, and another waits for up to a deadline.
///
/// Sound to send: the value is only reached under the mutex.
@safe package final class LateValue<Value: Sendable>: @unchecked Sendable {
  // Sound: allocated and initialized once, in `init`, and freed in `deinit`; neither moves.
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var value: Value?

  package init() {
    unsafe mutex.initialize(to: pthread_mutex_t())
    unsafe condition.initialize(to: pthread_cond_t())
    unsafe pthread_mutex_init(mutex, nil)
    unsafe pthread_cond_init(condition, nil)
  }

  deinit {
    unsafe pthread_cond_destroy(condition)
    unsafe pthread_mutex_destroy(mutex)
    unsafe condition.deallocate()
    unsafe mutex.deallocate()
  }

  package func give(_ value: Value) {
    unsafe pthread_mutex_lock(mutex)
    self.value = value
    unsafe pthread_cond_signal(condition)
    unsafe pthread_mutex_unlock(mutex)
  }

  /// - Returns: nil where the deadline passed before the value was there.
  package func wait(until deadline: Deadline) -> Value? {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    var time = timespec(
      tv_sec: Int(deadline.nanoseconds / 1_000_000_000), tv_nsec: Int(deadline.nanoseconds % 1_000_000_000))
    while value == nil {
      let status =
        unsafe deadline == .forever
        ? pthread_cond_wait(condition, mutex)
        : pthread_cond_clockwait(condition, mutex, CLOCK_MONOTONIC, &time)
      // No other failure is possible with a mutex that this thread holds and a time that is one.
      if status != 0 { break }
    }
    return value
  }
}
