internal import CWestwindLinux
internal import Synchronization
internal import WestwindPlatform

/// A mutex in one word: an atomic operation to take it and one to give it back, and the kernel's `futex` only where a
/// thread has to wait.
///
/// Whoever could not have it leaves a note and goes, and whoever gives it back looks for notes afterwards: one of the
/// two sees the other, since all of these operations are in one order (sequentially consistent). It costs nothing on
/// x86, where each of them is so anyway.
@safe @usableFromInline struct ThreadMutex: ~Copyable, Sendable {
  /// 0 where it is free; otherwise the number of the thread that holds it, and `waiters` where another may be waiting.
  private let word = Atomic<UInt32>(0)

  private static let waiters: UInt32 = 1 << 31

  @usableFromInline init() {}

  /// A thread that holds it already would wait for itself: that is a fault of this library, and ends the process.
  @usableFromInline func lock() {
    guard !lock(until: .forever) else { return }
    fatalError("a thread takes a lock that it holds")
  }

  @usableFromInline func unlock() {
    if word.exchange(0, ordering: .sequentiallyConsistent) & Self.waiters != 0 {
      // Sound: the kernel looks nothing up by this address but who waits there.
      unsafe withUnsafePointer(to: word) { unsafe cl_futex_wake_one($0) }
    }
  }

  /// - Returns: whether it could be had before the deadline; false at once where this thread holds it already.
  @usableFromInline func lock(until deadline: Deadline) -> Bool {
    let thread = UInt32(bitPattern: cl_thread_number())
    if word.compareExchange(expected: 0, desired: thread, ordering: .sequentiallyConsistent).exchanged { return true }
    return wait(for: thread, until: deadline)
  }

  private func wait(for thread: UInt32, until deadline: Deadline) -> Bool {
    guard deadline != .immediate else { return false }
    while true {
      let value = word.load(ordering: .relaxed)
      guard value != 0 else {
        // Others may be waiting still: whoever has waited cannot know.
        let taken = word.compareExchange(expected: 0, desired: thread | Self.waiters, ordering: .acquiring)
        if taken.exchanged { return true }
        continue
      }
      guard value & ~Self.waiters != thread else { return false }
      let waited = value | Self.waiters
      if value != waited, !word.compareExchange(expected: value, desired: waited, ordering: .relaxed).exchanged {
        continue
      }
      if sleep(while: waited, until: deadline) == ETIMEDOUT { return false }
    }
  }

  private func sleep(while value: UInt32, until deadline: Deadline) -> CInt {
    // Sound: the word lives as long as the mutex, which is borrowed, and the kernel only reads it.
    unsafe withUnsafePointer(to: word) { word in
      guard deadline != .forever else { return unsafe cl_futex_wait(word, value, nil) }
      var time = timespec(
        tv_sec: Int(deadline.nanoseconds / 1_000_000_000), tv_nsec: Int(deadline.nanoseconds % 1_000_000_000))
      return unsafe cl_futex_wait(word, value, &time)
    }
  }
}
