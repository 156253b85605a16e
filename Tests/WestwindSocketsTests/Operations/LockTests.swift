import Testing
import WestwindSockets
import WestwindTestSupport

/// The lock that everything else rests on.
struct LockTests {
  @Test func `threads that fight for it lose no change`() throws {
    let lock = Lock(0)
    try withBorrowed(lock) { lock in
      let threads = (0..<4).map { _ in
        BlockingThread { for _ in 0..<50_000 { lock.value.withLock { $0 += 1 } } }
      }
      for thread in threads { try thread.join() }
      #expect(lock.value.withLock { $0 } == 200_000)
    }
  }

  @Test func `who waits gets it when it is given back, however often`() throws {
    let lock = Lock(0)
    try withBorrowed(lock) { lock in
      let other = BlockingThread {
        for turn in 0..<2000 {
          while lock.value.withLock({ $0 }) != 2 * turn + 1 {}
          lock.value.withLock { $0 += 1 }
        }
      }
      for turn in 0..<2000 {
        lock.value.withLock { $0 += 1 }
        while lock.value.withLock(until: .forever, { $0 }) != 2 * turn + 2 {}
      }
      try other.join()
    }
  }

  @Test func `a wait ends at its deadline, and no wait is none`() {
    let lock = Lock(1)
    withBorrowed(lock) { lock in
      lock.value.withLock { _ in
        let waiting = BlockingThread { () -> [Int?] in
          [
            lock.value.withLock(until: .immediate) { $0 },
            lock.value.withLock(until: Deadline(.milliseconds(20))) { $0 },
          ]
        }
        #expect((try? waiting.join()) == [nil, nil])
      }
      #expect(lock.value.withLock(until: .immediate) { $0 } == 1)
    }
  }

  @Test func `who has it already does not get it again`() {
    let lock = Lock(1)
    let inner: Int? = lock.withLock { _ in lock.withLock(until: .forever) { $0 } }
    #expect(inner == nil)
    let later = lock.withLock(until: .immediate) { $0 }
    #expect(later == 1)
  }

  /// A lock that threads can be given.
  private final class Shared: Sendable {
    let value: Lock<Int>
    init(_ value: consuming Lock<Int>) { self.value = value }
  }

  private func withBorrowed(_ lock: consuming Lock<Int>, _ body: (Shared) throws -> Void) rethrows {
    try body(Shared(lock))
  }
}
