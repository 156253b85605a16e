import Glibc
import SampleSupport

/// A counting semaphore between two threads.
@safe final class Semaphore: Sendable {
  // `sem_t` must not move, so it has memory of its own. POSIX makes its calls safe from any thread.
  nonisolated(unsafe) private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

  init() {
    unsafe sem_init(semaphore, 0, 0)
  }

  deinit {
    unsafe sem_destroy(semaphore)
    unsafe semaphore.deallocate()
  }

  func signal() {
    unsafe sem_post(semaphore)
  }

  func wait() {
    while unsafe sem_wait(semaphore) != 0 {}
  }

  /// Waits up to the deadline; says whether the semaphore was signalled.
  func wait(until deadline: Deadline) -> Bool {
    while true {
      let left = deadline.nanosecondsLeft
      // `sem_timedwait` reads the wall clock, which may be set meanwhile: the loop asks the monotonic one again.
      var time = timespec()
      unsafe clock_gettime(CLOCK_REALTIME, &time)
      let nanoseconds = UInt64(time.tv_nsec) + min(left, 100_000_000)
      time.tv_sec += Int(nanoseconds / 1_000_000_000)
      time.tv_nsec = Int(nanoseconds % 1_000_000_000)
      if unsafe sem_timedwait(semaphore, &time) == 0 { return true }
      if left == 0 { return false }
    }
  }
}
