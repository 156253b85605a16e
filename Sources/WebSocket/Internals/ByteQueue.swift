internal import WebSocketProtocol

/// Bytes on their way, in and out: written at the end, taken from the start, in memory that is borrowed from a pool
/// while there are any, or that the caller lent for good.
struct ByteQueue: ~Copyable {
  /// How much is copied before it is masked: small enough to be in the first-level cache still.
  private static let maskStep = 16384

  /// The bytes that there is room for in all.
  private(set) var capacity: Int
  private let pool: BufferPool?
  private var buffer: BufferPool.Buffer?
  private(set) var start = 0
  private(set) var end = 0

  init(pool: BufferPool) {
    self.pool = pool
    capacity = pool.capacity
  }

  /// - Parameter memory: the caller's, aligned for words; it has to stay valid for as long as the queue.
  init(lent memory: UnsafeMutableBufferPointer<UInt64>) {
    pool = nil
    unsafe buffer = BufferPool.Buffer(words: memory)
    capacity = memory.count * 8
  }

  deinit {
    guard let pool, let buffer else { return }
    giveBack(buffer, to: pool)
  }

  var count: Int { end - start }
  var isEmpty: Bool { start == end }
  var freeAtEnd: Int { capacity - end }

  /// Sees to it that there is memory.
  mutating func acquire() {
    if buffer == nil, let pool { buffer = pool.take() }
  }

  /// Begins at the front again where nothing waits, and gives the memory back.
  mutating func releaseIfEmpty() {
    guard isEmpty else { return }
    start = 0
    end = 0
    guard let pool, let buffer else { return }
    self.buffer = nil
    giveBack(buffer, to: pool)
    capacity = pool.capacity
  }

  /// A buffer that has grown is not the pool's.
  private func giveBack(_ buffer: BufferPool.Buffer, to pool: BufferPool) {
    if capacity == pool.capacity {
      pool.give(buffer)
    } else {
      // Sound: `grow` allocated it, and nobody else has it.
      unsafe buffer.words.deallocate()
    }
  }

  /// Makes room at the end, twice as much in all. Only for what has to be whole in memory; a queue on its way to the
  /// socket is emptied instead.
  ///
  /// - Parameter limit: the most bytes that will ever have to be there; it grows no further than to hold them, but by a
  ///   word at the least.
  mutating func grow(upTo limit: Int = .max) {
    guard let pool else { return }
    let larger = capacity / 8 + max(1, min(capacity / 8, limit / 8 + 1 - capacity / 8))
    let words = UnsafeMutableBufferPointer<UInt64>.allocate(capacity: larger)
    // Sound: the new memory is larger than the old, whose bytes up to `end` have been written.
    let base = UnsafeMutableRawPointer(words.baseAddress!)
    let count = count
    if let buffer {
      unsafe base.copyMemory(from: UnsafeRawPointer(buffer.words.baseAddress!) + start, byteCount: count)
      giveBack(buffer, to: pool)
    }
    start = 0
    end = count
    capacity = larger * 8
    unsafe buffer = BufferPool.Buffer(words: words)
  }

  /// Moves what waits to the front, so that all free room is at the end.
  mutating func compact() {
    guard start > 0, let buffer else { return }
    // Sound: both runs are inside the buffer; moving allows them to overlap.
    let base = unsafe UnsafeMutableRawPointer(buffer.words.baseAddress!)
    unsafe base.copyMemory(from: base + start, byteCount: count)
    end -= start
    start = 0
  }

  /// Takes bytes off the start.
  mutating func drop(_ count: Int) {
    start += count
    if start == end {
      start = 0
      end = 0
    }
  }

  /// Takes back bytes from the end.
  mutating func truncate(to end: Int) {
    self.end = max(start, end)
  }

  /// Lends the first `count` bytes.
  func withFirst<R, E: Error>(_ count: Int, _ body: (RawSpan) throws(E) -> R) throws(E) -> R {
    guard let buffer, count > 0 else { return try body(RawSpan()) }
    // Sound: the range is inside the buffer, and everything before `end` has been written.
    let bytes = unsafe UnsafeRawBufferPointer(buffer.words)
    return try unsafe body(RawSpan(_unsafeBytes: bytes[start..<(start + min(count, end - start))]))
  }

  /// Lends all bytes that wait, as bytes.
  func withSpan<R, E: Error>(_ body: (Span<UInt8>) throws(E) -> R) throws(E) -> R {
    try withSpan(ofFirst: count, body)
  }

  /// Lends the first `count` bytes, as bytes.
  func withSpan<R, E: Error>(ofFirst count: Int, _ body: (Span<UInt8>) throws(E) -> R) throws(E) -> R {
    guard let buffer, count > 0 else { return try body(Span()) }
    // Sound: as above, and any byte is a UInt8.
    let bytes = unsafe UnsafeRawBufferPointer(buffer.words)
    return try unsafe body(Span(_unsafeBytes: bytes[start..<(start + min(count, end - start))]))
  }

  /// Lends the free room at the end; what is appended there waits from then on.
  ///
  /// - Parameter limit: the most bytes to lend.
  mutating func withFree<R, E: Error>(
    atMost limit: Int = .max, _ body: (inout OutputRawSpan) throws(E) -> R
  ) throws(E) -> R {
    acquire()
    // Sound: the room is inside the buffer, and `end` grows by what was written.
    let room = unsafe UnsafeMutableRawBufferPointer(
      rebasing: UnsafeMutableRawBufferPointer(buffer!.words)[end..<(end + min(limit, freeAtEnd))])
    var output = unsafe OutputRawSpan(buffer: room, initializedCount: 0)
    do throws(E) {
      let result = try body(&output)
      unsafe end += output.finalize(for: room)
      return result
    } catch {
      throw error
    }
  }

  /// Appends a frame's header; there has to be room for it.
  mutating func append(_ header: FrameHeader) {
    acquire()
    // Sound: a byte view of words; the header's encoder checks every index against its length.
    var bytes = unsafe MutableSpan<UInt8>(_unsafeBytes: UnsafeMutableRawBufferPointer(buffer!.words))
    end += header.encode(into: &bytes, at: end)
  }

  /// Appends payload, masked on the way; there has to be room for it.
  mutating func append(_ payload: RawSpan, mask key: MaskingKey?, payloadOffset: Int) {
    acquire()
    var done = 0
    while done < payload.byteCount {
      let step = min(Self.maskStep, payload.byteCount - done)
      precondition(end + step <= capacity, "payload runs over the buffer")
      // Sound: `step` bytes are inside the payload, and checked to be inside the buffer.
      unsafe payload.withUnsafeBytes { payload in
        unsafe (UnsafeMutableRawPointer(buffer!.words.baseAddress!) + end)
          .copyMemory(from: payload.baseAddress! + done, byteCount: step)
      }
      if let key {
        var words = unsafe buffer!.words.mutableSpan
        key.apply(to: &words, bytes: end..<(end + step), payloadOffset: payloadOffset + done)
      }
      end += step
      done += step
    }
  }

  /// Unmasks bytes where they wait.
  ///
  /// - Parameter range: counted from the first byte that waits.
  mutating func unmask(_ range: Range<Int>, key: MaskingKey, payloadOffset: Int) {
    guard let buffer else { return }
    precondition(start + range.upperBound <= end, "nothing waits there")
    var words = unsafe buffer.words.mutableSpan
    key.apply(to: &words, bytes: (start + range.lowerBound)..<(start + range.upperBound), payloadOffset: payloadOffset)
  }
}
