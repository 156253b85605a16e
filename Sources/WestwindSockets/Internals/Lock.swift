/// A lock around a value, which can be waited for up to a deadline.
///
/// It is not the standard library's `Mutex`: that one cannot be waited for with an end, and lets the kernel hand over a
/// lock that is fought for, which the thread sanitizer cannot follow and reports as a race.
///
/// Sound to send: the value is only reached under the lock.
@safe @usableFromInline package struct Lock<Value: ~Copyable>: ~Copyable, @unchecked Sendable {
  @usableFromInline let mutex = ThreadMutex()
  @usableFromInline let value: UnsafeMutablePointer<Value>

  @inlinable package init(_ value: consuming Value) {
    // Sound: allocated and initialized once, here, and freed in `deinit`.
    unsafe self.value = .allocate(capacity: 1)
    unsafe self.value.initialize(to: value)
  }

  deinit {
    unsafe value.deinitialize(count: 1)
    unsafe value.deallocate()
  }

  /// Runs the body with the lock held.
  @inlinable package borrowing func withLock<R, E: Error>(_ body: (inout Value) throws(E) -> R) throws(E) -> R {
    mutex.lock()
    defer { mutex.unlock() }
    return try unsafe body(&value.pointee)
  }

  /// Runs the body with the lock held.
  ///
  /// - Returns: nil where the deadline passed before the lock was free.
  @inlinable package borrowing func withLock<R, E: Error>(
    until deadline: Deadline, _ body: (inout Value) throws(E) -> R
  ) throws(E) -> R? {
    guard mutex.lock(until: deadline) else { return nil }
    defer { mutex.unlock() }
    return try unsafe body(&value.pointee)
  }

  /// Has `fork` take the lock, and give it back in both processes. For a lock in an object that all threads of the process
  /// share, which calls `endSharing` at its end. The lock must not move.
  package borrowing func share() { mutex.share() }

  package borrowing func endSharing() { mutex.endSharing() }
}

/// A lock that all threads of the process share. `fork` takes it, and gives it back in both processes: so no thread of the
/// parent, which is not in the child, is found to hold it there, and what it protects is whole.
///
/// Sound to send: the value is only reached under the lock.
@safe package struct SharedLock<Value: ~Copyable>: ~Copyable, @unchecked Sendable {
  // In memory of its own, so that it does not move.
  private let mutex: UnsafeMutablePointer<ThreadMutex>
  private let value: UnsafeMutablePointer<Value>

  package init(_ value: consuming Value) {
    // Sound: both are allocated and initialized once, here, and freed in `deinit`.
    unsafe mutex = .allocate(capacity: 1)
    unsafe mutex.initialize(to: ThreadMutex())
    unsafe self.value = .allocate(capacity: 1)
    unsafe self.value.initialize(to: value)
    unsafe mutex.pointee.share()
  }

  deinit {
    unsafe mutex.pointee.endSharing()
    unsafe value.deinitialize(count: 1)
    unsafe value.deallocate()
    unsafe mutex.deinitialize(count: 1)
    unsafe mutex.deallocate()
  }

  /// Runs the body with the lock held.
  package borrowing func withLock<R, E: Error>(_ body: (inout Value) throws(E) -> R) throws(E) -> R {
    unsafe mutex.pointee.lock()
    defer { unsafe mutex.pointee.unlock() }
    return try unsafe body(&value.pointee)
  }
}
