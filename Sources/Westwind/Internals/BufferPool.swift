internal import Synchronization
internal import WestwindConfiguration
internal import WestwindSockets

/// Buffers of one size that connections borrow while bytes wait in them, so an idle connection has none and the
/// frame path allocates nothing.
final class BufferPool: Sendable {
  /// Word-aligned memory. Sound to send: it has one owner at a time, which the pool's lock hands over.
  @safe struct Buffer: @unchecked Sendable {
    let words: UnsafeMutableBufferPointer<UInt64>
  }

  let capacity: Int
  /// The buffer that was given last: while one connection after the other has bytes, it changes hands by one atomic
  /// operation each way. Its address; 0 for none.
  private let newest = Atomic<UInt>(0)
  private let idle: Lock<[Buffer]>

  private struct Listed: Sendable {
    let pool: BufferPool
    var users = 1
  }

  private static let pools = Lock<[Listed]>([])
  private static let unusedSizes = 4

  /// The process's pool of buffers of at least this many bytes. Who has done with it calls `leave`.
  static func shared(capacity: Int) -> BufferPool {
    let capacity = (min(capacity, 1 << 30) + 7) / 8 * 8
    return pools.withLock { pools in
      if let index = pools.firstIndex(where: { $0.pool.capacity == capacity }) {
        pools[index].users += 1
        return pools[index].pool
      }
      pools.append(Listed(pool: BufferPool(capacity: capacity)))
      return pools[pools.count - 1].pool
    }
  }

  /// Takes back one call of `shared`. What is idle stays, for the next connection that has buffers of this size; of sizes
  /// that nobody uses any more a few are kept.
  func leave() {
    Self.pools.withLock { pools in
      guard let index = pools.firstIndex(where: { $0.pool === self }) else { return }
      pools[index].users -= 1
      let unused = pools.indices.filter { pools[$0].users == 0 }
      if unused.count > Self.unusedSizes, let oldest = unused.first { pools.remove(at: oldest) }
    }
  }

  private init(capacity: Int) {
    self.capacity = capacity
    var buffers: [Buffer] = []
    buffers.reserveCapacity(BuildConfiguration.WEBSOCKET_POOL_BUFFERS)
    idle = Lock(buffers)
  }

  deinit {
    // Sound: what is idle is nobody else's.
    idle.withLock { for buffer in $0 { unsafe buffer.words.deallocate() } }
    if let newest = takeNewest() { unsafe newest.words.deallocate() }
  }

  private func takeNewest() -> Buffer? {
    // Sound: `give` put it there, the words of a buffer of this pool's capacity, which nobody else has.
    let address = newest.exchange(0, ordering: .acquiring)
    guard let words = unsafe UnsafeMutablePointer<UInt64>(bitPattern: address) else { return nil }
    return unsafe Buffer(words: UnsafeMutableBufferPointer(start: words, count: capacity / 8))
  }

  func take() -> Buffer {
    if let newest = takeNewest() { return newest }
    if let buffer = idle.withLock({ $0.popLast() }) { return buffer }
    let words = UnsafeMutableBufferPointer<UInt64>.allocate(capacity: capacity / 8)
    // Sound: nothing of it is read that has not been written before.
    return unsafe Buffer(words: words)
  }

  func give(_ buffer: Buffer) {
    let kept = BuildConfiguration.WEBSOCKET_POOL_BUFFERS
    let address = unsafe UInt(bitPattern: buffer.words.baseAddress)
    if kept > 0, newest.compareExchange(expected: 0, desired: address, ordering: .releasing).exchanged { return }
    let isKept = idle.withLock { idle in
      guard idle.count + 1 < kept else { return false }
      idle.append(buffer)
      return true
    }
    if !isKept { unsafe buffer.words.deallocate() }
  }
}
