public import Synchronization
public import WestwindBuffers

/// Buffers of one size that connections borrow while bytes wait in them, so an idle connection has none and the frame path
/// allocates nothing. Memory of another size it allocates and frees.
@usableFromInline
package final class BufferPool: BufferSource, Sendable {
  @usableFromInline package let capacity: Int
  /// How many idle buffers are kept.
  @usableFromInline let limit: Int
  /// The buffer that was given last: while one connection after the other has bytes, it changes hands by one atomic
  /// operation each way. Its address; 0 for none.
  @usableFromInline let newest = Atomic<UInt>(0)
  /// Another, since a TLS connection that receives has two at a time: without it the second would be asked for under the lock.
  @usableFromInline let second = Atomic<UInt>(0)
  /// Addresses of the others.
  private let idle: Lock<[UInt]>

  private struct Listed: Sendable {
    let pool: BufferPool
    var users = 1
  }

  private static let pools = SharedLock<[Listed]>([])
  private static let unusedSizes = 4

  /// Returns the process's pool of buffers of at least `capacity` bytes. Its user calls `leave` when it has done with it.
  ///
  /// - Parameter limit: how many idle buffers a new pool keeps.
  package static func shared(capacity: Int, limit: Int) -> BufferPool {
    let capacity = (max(8, min(capacity, ByteQueue.maximumCapacity)) + 7) & ~7
    return pools.withLock { pools in
      if let index = pools.firstIndex(where: { $0.pool.capacity == capacity }) {
        pools[index].users += 1
        return pools[index].pool
      }
      pools.append(Listed(pool: BufferPool(capacity: capacity, limit: limit)))
      return pools[pools.count - 1].pool
    }
  }

  /// Takes back one call of `shared`. Idle buffers stay for the next user of this size; of sizes without users a few pools
  /// are kept.
  package func leave() {
    Self.pools.withLock { pools in
      guard let index = pools.firstIndex(where: { $0.pool === self }) else { return }
      pools[index].users -= 1
      let unused = pools.indices.filter { pools[$0].users == 0 }
      if unused.count > Self.unusedSizes, let oldest = unused.first { pools.remove(at: oldest) }
    }
  }

  package init(capacity: Int, limit: Int) {
    self.capacity = capacity
    self.limit = limit
    var addresses: [UInt] = []
    addresses.reserveCapacity(limit)
    idle = Lock(addresses)
    idle.share()
  }

  deinit {
    idle.endSharing()
    idle.withLock { for address in $0 { _ = buffer(at: address) } }
    _ = take(from: newest)
    _ = take(from: second)
  }

  @inlinable @inline(__always) func take(from place: borrowing Atomic<UInt>) -> Buffer? {
    let address = place.exchange(0, ordering: .acquiring)
    return address == 0 ? nil : buffer(at: address)
  }

  /// Sound: `give` has put it aside, memory of this pool's capacity, and nobody else takes it.
  @inlinable @inline(__always) func buffer(at address: UInt) -> Buffer {
    unsafe Buffer(adopting: UnsafeMutableRawPointer(bitPattern: address)!, capacity: capacity)
  }

  /// Buffers that are kept.
  package var idleCount: Int {
    (newest.load(ordering: .acquiring) == 0 ? 0 : 1) + (second.load(ordering: .acquiring) == 0 ? 0 : 1)
      + idle.withLock { $0.count }
  }

  @inlinable @inline(__always) package func take(_ capacity: Int) -> Buffer {
    guard capacity == self.capacity else { return takeOther(capacity) }
    if let newest = take(from: newest) { return newest }
    return takeIdle()
  }

  @usableFromInline func takeOther(_ capacity: Int) -> Buffer { Buffer(capacity: capacity) }

  @usableFromInline func takeIdle() -> Buffer {
    if let second = take(from: second) { return second }
    if let address = idle.withLock({ $0.popLast() }) { return buffer(at: address) }
    return Buffer(capacity: capacity)
  }

  @inlinable @inline(__always) package func give(_ buffer: consuming Buffer) {
    guard buffer.capacity == capacity else { return }
    // Sound: the address is adopted again by whoever takes it out.
    let address = unsafe UInt(bitPattern: buffer.relinquish())
    if limit > 0, newest.compareExchange(expected: 0, desired: address, ordering: .releasing).exchanged { return }
    giveIdle(address)
  }

  @usableFromInline func giveIdle(_ address: UInt) {
    if limit > 1, second.compareExchange(expected: 0, desired: address, ordering: .releasing).exchanged { return }
    let isKept = idle.withLock { idle in
      guard idle.count + 2 < limit else { return false }
      idle.append(address)
      return true
    }
    if !isKept { _ = buffer(at: address) }
  }
}
