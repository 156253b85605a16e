internal import BuildConfiguration

/// Buffers of one size that connections borrow while bytes wait in them, so an idle connection has none and the
/// frame path allocates nothing. A pool lives as long as a connection that uses it.
final class BufferPool: Sendable {
  /// Word-aligned memory. Sound to send: it has one owner at a time, which the pool's lock hands over.
  @safe struct Buffer: @unchecked Sendable {
    let words: UnsafeMutableBufferPointer<UInt64>
  }

  let capacity: Int
  private let idle: Lock<[Buffer]>

  private struct Listed: Sendable {
    weak let pool: BufferPool?
  }

  private static let pools = Lock<[Listed]>([])

  /// The process's pool of buffers of at least this many bytes.
  static func shared(capacity: Int) -> BufferPool {
    let capacity = (min(capacity, 1 << 30) + 7) / 8 * 8
    return pools.withLock { pools in
      for case let pool? in pools.lazy.map(\.pool) where pool.capacity == capacity { return pool }
      let pool = BufferPool(capacity: capacity)
      pools.removeAll { $0.pool == nil }
      pools.append(Listed(pool: pool))
      return pool
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
  }

  func take() -> Buffer {
    if let buffer = idle.withLock({ $0.popLast() }) { return buffer }
    let words = UnsafeMutableBufferPointer<UInt64>.allocate(capacity: capacity / 8)
    // Sound: the memory is new, and is initialized before anything reads it.
    unsafe words.initialize(repeating: 0)
    return unsafe Buffer(words: words)
  }

  func give(_ buffer: Buffer) {
    let isKept = idle.withLock { idle in
      guard idle.count < BuildConfiguration.WEBSOCKET_POOL_BUFFERS else { return false }
      idle.append(buffer)
      return true
    }
    if !isKept { unsafe buffer.words.deallocate() }
  }
}
