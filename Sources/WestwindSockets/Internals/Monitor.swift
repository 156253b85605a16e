internal import CWestwindLinux
internal import WestwindPlatform

/// A value that threads change, and whose changes others wait for up to a deadline.
///
/// Sound to send: the value is only reached under the mutex.
@safe struct Monitor<Value: Sendable>: ~Copyable, @unchecked Sendable {
  // Sound: allocated and initialized once, in `init`, and freed in `deinit`; none of them moves.
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private let value = UnsafeMutablePointer<Value>.allocate(capacity: 1)

  init(_ value: Value) {
    unsafe mutex.initialize(to: pthread_mutex_t())
    unsafe condition.initialize(to: pthread_cond_t())
    unsafe pthread_mutex_init(mutex, nil)
    unsafe pthread_cond_init(condition, nil)
    unsafe self.value.initialize(to: value)
  }

  deinit {
    unsafe pthread_cond_destroy(condition)
    unsafe pthread_mutex_destroy(mutex)
    unsafe value.deinitialize(count: 1)
    unsafe value.deallocate()
    unsafe condition.deallocate()
    unsafe mutex.deallocate()
  }

  /// Changes the value, and has all who wait look at it.
  func change(_ body: (inout Value) -> Void) {
    unsafe pthread_mutex_lock(mutex)
    unsafe body(&value.pointee)
    unsafe pthread_cond_broadcast(condition)
    unsafe pthread_mutex_unlock(mutex)
  }

  /// Waits until the body finds in the value what it looks for.
  ///
  /// - Parameter body: looks at the value, now and after each change; nil where it is not as it has to be yet.
  /// - Returns: what the body found; nil where the deadline passed first.
  func wait<R>(until deadline: Deadline, for body: (inout Value) -> R?) -> R? {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    var time = timespec(
      tv_sec: Int(deadline.nanoseconds / 1_000_000_000), tv_nsec: Int(deadline.nanoseconds % 1_000_000_000))
    var hasPassed = false
    while true {
      if let found = unsafe body(&value.pointee) { return found }
      guard !hasPassed else { return nil }
      let status =
        unsafe deadline == .forever
        ? pthread_cond_wait(condition, mutex)
        : pthread_cond_clockwait(condition, mutex, CLOCK_MONOTONIC, &time)
      // No other failure is possible with a mutex that this thread holds and a time that is one.
      hasPassed = status != 0
    }
  }
}
