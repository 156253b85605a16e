internal import BuildConfiguration

/// Buffers of one size that connections borrow while bytes wait in them, so an idle connection has none and the
/// frame path allocates nothing.
final class BufferPool: Sendable {
  /// Word-aligned memory. Sound to send: it has one owner at a time, which the pool's lock hands over.
  @safe struct Buffer: @unchecked Sendable {
    let words: UnsafeMutableBufferPointer<UInt64>
  }

  let capacity: Int
  private let idle: Lock<[Buffer]>

  private static let pools = Lock<[BufferPool]>([])

  /// The process's pool of buffers of at least this many bytes.
  static func shared(capacity: Int) -> BufferPool {
    let capacity = (min(capacity, 1 << 30) + 7) / 8 * 8
    return pools.withLock { pools in
      if let pool = pools.first(where: { $0.capacity == capacity }) { return pool }
      let pool = BufferPool(capacity: capacity)
      pools.append(pool)
      return pool
    }
  }

  private init(capacity: Int) {
    self.capacity = capacity
    var buffers: [Buffer] = []
    buffers.reserveCapacity(BuildConfiguration.WEBSOCKET_POOL_BUFFERS)
    idle = Lock(buffers)
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
