internal import CWestwindLinux
internal import Synchronization
package import SystemPackage
internal import WestwindPlatform

/// Ends the wait of a thread, so that it looks at the state of things again.
///
/// A thread that waits for a socket polls a second descriptor beside it: its wake descriptor, an eventfd of its own. To
/// wake it is to write there. There is no signal, the socket stays as it is, and the wake-up cannot be lost, since an
/// eventfd stays readable until it is read.
///
///     waiting thread                          waking thread
///     ──────────────                          ─────────────
///     clear()        isPending = false        state = ended
///     state?         ended: give up           wake()   isPending = true
///     enter()        waiting = descriptor              waiting? write to it
///                    isPending? do not wait
///     ppoll(socket, descriptor)
///     leave()        waiting = none
///
/// A thread that waits in several layers polls one descriptor for all. Whom a wake-up is for the layers tell by looking: each
/// throws `woken` on to the one above, and all look when they wait again.
///
/// Dekker's algorithm: the waiting thread stores `waiting`, then loads `isPending`; the waking thread stores `isPending`,
/// then loads `waiting`. At least one side sees the other.
///
/// One thread at a time waits with one waker: the lock of the side that reads, or writes, sees to that. A thread may wait
/// with several wakers, one of each layer that it has called into.
@usableFromInline package final class Waker: Sendable {
  private let isPending = Atomic<Bool>(false)
  /// The thread that waits: its wake descriptor plus 1, and above it the number of forks, since a process that was forked
  /// off has a copy of this and not of the thread. 0: none does.
  private let waiting = Atomic<UInt64>(0)
  /// How many threads are about to write to the wake descriptor that they saw in `waiting`.
  private let writers = Atomic<Int>(0)
  /// The process that made this.
  private let forks = cl_fork_count()

  package init() {}

  /// Ends the wait of the thread that waits; or, if none does, the next one, unless `clear` comes before it. Returns at
  /// once.
  package func wake() {
    isPending.store(true, ordering: .sequentiallyConsistent)
    // Counted before the look: a thread that leaves either is seen to have left, or waits until the write is done.
    writers.wrappingAdd(1, ordering: .sequentiallyConsistent)
    let thread = waiting.load(ordering: .sequentiallyConsistent)
    if thread != 0, thread >> 32 == UInt64(cl_fork_count()) {
      Syscalls.addToEvent(CInt(truncatingIfNeeded: thread & 0xFFFF_FFFF) - 1)
    }
    writers.wrappingSubtract(1, ordering: .sequentiallyConsistent)
  }

  /// Forgets earlier wake-ups. To be followed by a look at the state that they may be about, and then by the wait.
  @inline(__always) package func clear() {
    // A wake-up that is not seen here yet ends the wait that follows.
    guard isPending.load(ordering: .relaxed) else { return }
    isPending.store(false, ordering: .sequentiallyConsistent)
  }

  /// Runs a wait so that `wake` ends it, too. The body's own wait has the waker of another layer, and polls this thread's
  /// wake descriptor.
  ///
  /// - Throws: `woken`, and what the body throws.
  package func withWaiting<R>(_ body: () throws(Errno) -> R) throws(Errno) -> R {
    let descriptor = cl_wake_descriptor()
    let isEntered = enter(descriptor)
    defer { if isEntered { leave(descriptor) } }
    guard !isWoken else { throw .woken }
    return try body()
  }

  /// Waits until a kernel descriptor has input: the common case of `waitInKernel`, in as few steps as can be.
  ///
  /// - Returns: false at the deadline.
  /// - Throws: as `waitInKernel`.
  package func waitForInput(of number: CInt, until deadline: Deadline) throws(Errno) -> Bool {
    let descriptor = cl_wake_descriptor()
    if enter(descriptor) {
      var entries: InlineArray<3, pollfd> = [
        pollfd(fd: number, events: CShort(POLLIN), revents: 0),
        pollfd(fd: descriptor, events: CShort(POLLIN), revents: 0), pollfd(fd: -1, events: 0, revents: 0),
      ]
      let outcome: Result<CInt, Errno>? = isWoken ? nil : Syscalls.poll(&entries, until: deadline)
      leave(descriptor)
      if case .success(1) = outcome, entries[1].revents == 0 { return true }
      if case .success(0) = outcome { return false }
      if entries[1].revents != 0 { Syscalls.clearEvent(descriptor) }
    }
    // Woken, or interrupted by a signal, or another thread waits with this waker.
    return try !waitInKernel(
      readable: number, writable: number, for: .readable, Wait(until: deadline, waker: self)
    ).isEmpty
  }

  /// - Returns: false if another thread waits with this waker, or this one has no wake descriptor.
  @inline(__always) func enter(_ descriptor: CInt) -> Bool {
    guard descriptor >= 0 else { return false }
    let forks = UInt64(cl_fork_count()) << 32
    let thread = forks | UInt64(UInt32(descriptor + 1))
    let (isEntered, other) = waiting.compareExchange(expected: 0, desired: thread, ordering: .sequentiallyConsistent)
    return isEntered || other & ~0xFFFF_FFFF != forks && takeOver(other, thread)
  }

  /// The thread that waited when this process was forked off is not in it.
  private func takeOver(_ other: UInt64, _ thread: UInt64) -> Bool {
    waiting.compareExchange(expected: other, desired: thread, ordering: .sequentiallyConsistent).exchanged
  }

  @inline(__always) func leave(_ descriptor: CInt) {
    waiting.store(0, ordering: .sequentiallyConsistent)
    if isWoken || writers.load(ordering: .sequentiallyConsistent) != 0 { drain(descriptor) }
  }

  @inline(__always) package var isWoken: Bool { isPending.load(ordering: .sequentiallyConsistent) }

  /// Takes the wake-ups off the descriptor that was written to, so that they do not end a later wait.
  private func drain(_ descriptor: CInt) {
    // A writer is between two instructions, but may be kept from the second for as long as the machine is busy.
    for round in 0..<10_000 {
      if writers.load(ordering: .sequentiallyConsistent) == 0 { return Syscalls.clearEvent(descriptor) }
      if forks != cl_fork_count() { break }
      if round < 100 { sched_yield() } else { Syscalls.sleep(nanoseconds: 1_000_000) }
    }
    // This process was forked off in that moment, and has no such thread; or the writer does not get to its write at all.
    if forks != cl_fork_count() { writers.store(0, ordering: .sequentiallyConsistent) }
    cl_abandon_wake_descriptor()
  }
}

extension Errno {
  /// A wait ends with this if `Waker.wake` has ended it. No call that waits fails with this number (`EALREADY`) by itself.
  package static var woken: Errno { .alreadyInProcess }
}
