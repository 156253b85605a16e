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
  /// How long a lock may be held before whoever waits looks whether its holder exists.
  private static let suspicion = Timeout.milliseconds(100)

  @usableFromInline init() {}

  /// A thread that holds it already would wait for itself: that is a fault of this library, and ends the process.
  ///
  /// In a process that was forked off, a lock that a thread of the parent held is taken over.
  @usableFromInline func lock() {
    while !lock(until: .forever) {
      let holder = word.load(ordering: .relaxed)
      guard holder & ~Self.waiters != UInt32(bitPattern: cl_thread_number()) else {
        fatalError("a thread takes a lock that it holds")
      }
      if holder != 0, cl_is_thread_gone(holder & ~Self.waiters) {
        _ = word.compareExchange(expected: holder, desired: 0, ordering: .sequentiallyConsistent)
      }
    }
  }

  /// Has `fork` take the lock, and give it back in both processes, so that what it protects is whole in the child. For locks
  /// that all threads of the process share. The mutex must not move, and `endSharing` comes before its end.
  func share() {
    // Sound: the word stays where it is until `endSharing`, and is used as an atomic word there too.
    unsafe withUnsafePointer(to: word) { unsafe cl_share_lock($0) }
  }

  func endSharing() {
    // Sound: the address is looked up, and not read.
    unsafe withUnsafePointer(to: word) { unsafe cl_unshare_lock($0) }
  }

  @usableFromInline func unlock() {
    if word.exchange(0, ordering: .sequentiallyConsistent) & Self.waiters != 0 {
      // Sound: the kernel looks nothing up by this address but who waits there.
      unsafe withUnsafePointer(to: word) { unsafe cl_futex_wake_one($0) }
    }
  }

  /// - Returns: whether it could be had before the deadline; false at once where this thread holds it already, and soon
  ///   where the thread that holds it is not in this process, which was forked off.
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
      guard sleep(while: waited, until: until(deadline)) == ETIMEDOUT else { continue }
      if deadline.hasPassed || cl_is_thread_gone(value & ~Self.waiters) { return false }
    }
  }

  /// In a process that was forked off, whoever waits looks now and then whether the holder is there.
  private func until(_ deadline: Deadline) -> Deadline {
    cl_fork_count() == 0 ? deadline : min(deadline, Deadline.now.adding(Self.suspicion))
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
