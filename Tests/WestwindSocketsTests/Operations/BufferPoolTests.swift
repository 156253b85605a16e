import Testing
import WestwindBuffers
import WestwindSockets
import WestwindTestSupport

/// The pool keeps as many idle buffers as it is told, and gives them again.
struct BufferPoolTests {
  @Test(arguments: [0, 1, 2, 3, 5])
  func `as many buffers as the limit says are kept`(limit: Int) {
    let pool = BufferPool(capacity: 64, limit: limit)
    var queues: [Holder] = []
    for _ in 0..<8 { queues.append(Holder(pool)) }
    let addresses = Set(queues.map { $0.address })
    #expect(addresses.count == 8)
    for queue in queues { queue.release() }
    // What was kept comes again. What was freed may, too, if the system gives the same memory.
    #expect(pool.idleCount == limit)
    for queue in queues { queue.acquire() }
    #expect(pool.idleCount == 0)
    for queue in queues { queue.release() }
    #expect(pool.idleCount == limit)
  }

  @Test func `memory of another size is not kept`() {
    let pool = BufferPool(capacity: 64, limit: 4)
    pool.give(pool.take(128))
    #expect(pool.idleCount == 0)
  }

  private final class Holder {
    private var queue = ByteQueue(capacity: 64)
    private let pool: BufferPool

    init(_ pool: BufferPool) {
      self.pool = pool
      acquire()
    }

    func acquire() {
      queue.acquire(from: pool)
      queue.withFree(atMost: 1) { $0.append(1) }
    }

    func release() {
      queue.drop(1)
      queue.release(to: pool)
    }

    var address: UInt { queue.withFirst(1) { $0.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) } } }
  }
}
