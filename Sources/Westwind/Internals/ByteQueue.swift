internal import WebSocketProtocol

/// Bytes on their way, in and out: written at the end, taken from the start, in memory that is borrowed from a pool
/// while there are any, or that the caller lent for good.
@safe struct ByteQueue: ~Copyable {
  /// The bytes that there is room for in all.
  private(set) var capacity: Int
  /// Kept by the list of pools until this queue leaves it; to keep it here too would cost every frame an atomic operation
  /// each way.
  private let pool: Unmanaged<BufferPool>?
  /// Bytes of the pool's buffers; 0 where the memory was lent.
  private let poolCapacity: Int
  private var buffer: BufferPool.Buffer?
  private(set) var start = 0
  private(set) var end = 0

  /// - Parameter pool: by `BufferPool.shared`; the queue leaves it at its end.
  init(pool: BufferPool) {
    unsafe self.pool = Unmanaged.passUnretained(pool)
    poolCapacity = pool.capacity
    capacity = pool.capacity
  }

  /// - Parameter memory: the caller's, aligned for words; it has to stay valid for as long as the queue.
  init(lent memory: UnsafeMutableBufferPointer<UInt64>) {
    unsafe pool = nil
    unsafe buffer = BufferPool.Buffer(words: memory)
    poolCapacity = 0
    capacity = memory.count * 8
  }

  deinit {
    guard let pool = unsafe pool?.takeUnretainedValue() else { return }
    if let buffer { giveBack(buffer) }
    pool.leave()
  }

  var count: Int { end - start }
  var isEmpty: Bool { start == end }
  var freeAtEnd: Int { capacity - end }

  /// Sees to it that there is memory.
  @inline(__always) mutating func acquire() {
    guard buffer == nil, let pool = unsafe pool else { return }
    buffer = unsafe pool._withUnsafeGuaranteedRef { $0.take() }
  }

  /// Begins at the front again where nothing waits, and gives the memory back.
  mutating func releaseIfEmpty() {
    guard isEmpty else { return }
    start = 0
    end = 0
    guard poolCapacity > 0, let buffer else { return }
    self.buffer = nil
    giveBack(buffer)
    capacity = poolCapacity
  }

  /// A buffer that has grown is not the pool's.
  private func giveBack(_ buffer: BufferPool.Buffer) {
    if capacity == poolCapacity, let pool = unsafe pool {
      unsafe pool._withUnsafeGuaranteedRef { $0.give(buffer) }
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
    guard poolCapacity > 0 else { return }
    let larger = capacity / 8 + max(1, min(capacity / 8, limit / 8 + 1 - capacity / 8))
    let words = UnsafeMutableBufferPointer<UInt64>.allocate(capacity: larger)
    // Sound: the new memory is larger than the old, whose bytes up to `end` have been written.
    let base = UnsafeMutableRawPointer(words.baseAddress!)
    let count = count
    if let buffer {
      unsafe base.copyMemory(from: UnsafeRawPointer(buffer.words.baseAddress!) + start, byteCount: count)
      giveBack(buffer)
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

  /// The first eight bytes that wait and one more at the least, the first in the low bits; nil where fewer do.
  var firstWord: UInt64? {
    guard let buffer, count > 8 else { return nil }
    // Sound: the eight bytes wait, as has been checked.
    let base = unsafe UnsafeRawPointer(buffer.words.baseAddress!)
    return unsafe UInt64(littleEndian: base.loadUnaligned(fromByteOffset: start, as: UInt64.self))
  }

  /// Lends the first `count` bytes behind so many others, which wait too.
  @inline(__always) func withFirst<R, E: Error>(
    _ count: Int, behind skipped: Int = 0, _ body: (RawSpan) throws(E) -> R
  ) throws(E) -> R {
    guard let buffer, count > 0 else { return try body(RawSpan()) }
    let first = start + skipped
    // Sound: the range is inside the buffer, and everything before `end` has been written.
    let bytes = unsafe UnsafeRawBufferPointer(buffer.words)
    return try unsafe body(RawSpan(_unsafeBytes: bytes[first..<min(first + count, end)]))
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
  @inline(__always) mutating func withFree<R, E: Error>(
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
    let count = header.encodedLength
    guard capacity - end >= 16 else {
      // Sound: a byte view of words; the header's encoder checks every index against its length.
      var bytes = unsafe MutableSpan<UInt8>(_unsafeBytes: UnsafeMutableRawBufferPointer(buffer!.words))
      end += header.encode(into: &bytes, at: end)
      return
    }
    let (low, high) = header.packed
    // Sound: sixteen bytes fit, of which the first `count` wait from now on.
    let base = unsafe UnsafeMutableRawPointer(buffer!.words.baseAddress!)
    unsafe base.storeBytes(of: low.littleEndian, toByteOffset: end, as: UInt64.self)
    unsafe base.storeBytes(of: high.littleEndian, toByteOffset: end + 8, as: UInt64.self)
    end += count
  }

  /// Appends a message in one binary frame; there has to be room for its payload and sixteen bytes.
  @inline(__always) mutating func appendBinary(_ payload: RawSpan, mask key: MaskingKey?) {
    acquire()
    let count = payload.byteCount
    precondition(capacity - end >= count + 16, "a frame runs over the buffer")
    let header = FrameHeader(opcode: .binary, maskingKey: key, payloadLength: UInt64(count))
    let (low, high) = header.packed
    // Sound: sixteen bytes and the payload fit. What is stored behind the header's end the payload overwrites, or it is
    // free room.
    let base = unsafe UnsafeMutableRawPointer(buffer!.words.baseAddress!) + end
    unsafe base.storeBytes(of: low.littleEndian, as: UInt64.self)
    unsafe base.storeBytes(of: high.littleEndian, toByteOffset: 8, as: UInt64.self)
    let headerCount = header.encodedLength
    unsafe payload.withUnsafeBytes { payload in
      guard let source = payload.baseAddress else { return }
      let target = unsafe base + headerCount
      if let key {
        unsafe target.copyMasked(from: source, byteCount: count, pattern: key.pattern(at: 0))
      } else {
        unsafe target.copyMemory(from: source, byteCount: count)
      }
    }
    end += headerCount + count
  }

  /// Appends payload, masked on the way; there has to be room for it.
  mutating func append(_ payload: RawSpan, mask key: MaskingKey?, payloadOffset: Int) {
    acquire()
    let count = payload.byteCount
    precondition(end + count <= capacity, "payload runs over the buffer")
    // Sound: `count` bytes are inside the payload, and checked to be inside the buffer.
    unsafe payload.withUnsafeBytes { payload in
      guard let source = payload.baseAddress else { return }
      let target = unsafe UnsafeMutableRawPointer(buffer!.words.baseAddress!) + end
      if let key {
        unsafe target.copyMasked(from: source, byteCount: count, pattern: key.pattern(at: payloadOffset))
      } else {
        unsafe target.copyMemory(from: source, byteCount: count)
      }
    }
    end += count
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
