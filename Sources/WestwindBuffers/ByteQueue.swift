/// Bytes on their way, in and out: written at the end, taken from the start.
///
///     memory   |  taken  |  bytes that wait  |  free room  |
///              0       start                end        capacity
///
/// An idle queue has no memory, unless its caller has lent it some for good. `acquire` gets it from a source before bytes are
/// written, and `release` returns it when none wait any more.
@safe public struct ByteQueue: ~Copyable {
  /// A buffer's memory, which the queue owns unless it is `lent`.
  @usableFromInline var base: UnsafeMutableRawPointer?
  /// The bytes that there is room for in all; without memory, those that there will be room for.
  @inlinable public var capacity: Int { Int(room) }
  @inlinable public var start: Int { Int(first) }
  @inlinable public var end: Int { Int(last) }
  /// Memory of the caller's, for the queue's whole life; nil if there is none.
  @usableFromInline let lent: UnsafeMutableRawPointer?
  // 32 bits each, and behind the words: a connection has two queues or three, and a server many connections.
  @usableFromInline var room: UInt32
  /// The capacity to begin with.
  @usableFromInline let ordinary: UInt32
  @usableFromInline var first: UInt32 = 0
  @usableFromInline var last: UInt32 = 0

  /// The most bytes that a queue holds.
  @inlinable public static var maximumCapacity: Int { 1 << 30 }

  /// - Parameter capacity: bytes, rounded up to whole words; 1 GiB at the most.
  @inlinable public init(capacity: Int) {
    room = UInt32((max(8, min(capacity, Self.maximumCapacity)) + 7) & ~7)
    ordinary = room
    unsafe base = nil
    unsafe lent = nil
  }

  /// - Parameter memory: the caller's, for the queue's whole life; a word at the least. The queue begins at the first word's
  ///   boundary in it.
  @unsafe @inlinable public init(lent memory: UnsafeMutableRawBufferPointer) {
    let start = unsafe memory.baseAddress!.alignedUp(for: UInt64.self)
    let count = unsafe (memory.baseAddress! + memory.count - start) & ~7
    precondition(count <= Self.maximumCapacity, "a queue holds 1 GiB at the most")
    room = UInt32(count)
    ordinary = room
    unsafe base = start
    unsafe lent = start
  }

  @inlinable deinit {
    // Sound: it came from a buffer that nobody else has.
    if let base = unsafe base, unsafe base != lent { unsafe base.deallocate() }
  }

  @inlinable @inline(__always) public var count: Int { Int(last &- first) }
  @inlinable @inline(__always) public var isEmpty: Bool { first == last }
  @inlinable @inline(__always) public var freeAtEnd: Int { Int(room &- last) }
  @inlinable @inline(__always) public var hasMemory: Bool { unsafe base != nil }

  // MARK: Memory

  /// Sees to it that there is memory.
  @inlinable @inline(__always) public mutating func acquire<Source: BufferSource>(
    from source: Source
  ) {
    if unsafe base == nil { adopt(source.take(Int(ordinary))) }
  }

  @inlinable @inline(__always) mutating func adopt(_ buffer: consuming Buffer) {
    precondition(buffer.capacity >= count && buffer.capacity <= Self.maximumCapacity, "the memory does not fit")
    room = UInt32(truncatingIfNeeded: buffer.capacity)
    unsafe base = buffer.relinquish()
  }

  /// Returns the memory if no bytes wait.
  @inlinable @inline(__always) public mutating func release<Source: BufferSource>(
    to source: Source
  ) {
    guard isEmpty else { return }
    first = 0
    last = 0
    guard let old = unsafe base, unsafe old != lent else { return }
    unsafe base = lent
    // Sound: it came from a buffer of this capacity, and nobody else has it.
    source.give(unsafe Buffer(adopting: old, capacity: capacity))
    room = ordinary
  }

  /// Makes room at the end for so many bytes, in larger memory if need be. Only for bytes that have to be whole in memory.
  ///
  /// - Parameters:
  ///   - count: bytes. The queue holds no more than `maximumCapacity` then.
  ///   - isExact: the memory takes these bytes and no more; otherwise it is at least twice as large as before, so that many
  ///     calls copy each byte a few times only.
  ///   - source: of memory.
  @inlinable public mutating func reserve<Source: BufferSource>(
    _ count: Int, isExact: Bool = false, from source: Source
  ) {
    acquire(from: source)
    guard freeAtEnd < count else { return }
    compact()
    guard freeAtEnd < count else { return }
    precondition(self.count + count <= Self.maximumCapacity, "a queue holds 1 GiB at the most")
    let (old, oldCapacity, waiting) = unsafe (base!, capacity, self.count)
    adopt(source.take(isExact ? waiting + count : max(waiting + count, min(2 * capacity, Self.maximumCapacity))))
    // Sound: the new memory holds at least as much, and what is before `end` has been written.
    unsafe base!.copyMemory(from: old + start, byteCount: waiting)
    first = 0
    last = UInt32(truncatingIfNeeded: waiting)
    if unsafe old != lent { source.give(unsafe Buffer(adopting: old, capacity: oldCapacity)) }
  }

  /// Moves what waits to the front, so that all free room is at the end.
  public mutating func compact() {
    guard first > 0, let base = unsafe base else { return }
    // Sound: both runs are inside the buffer; moving allows them to overlap.
    unsafe base.copyMemory(from: base + Int(first), byteCount: count)
    last -= first
    first = 0
  }

  // MARK: Taking

  /// Takes bytes off the start.
  @inlinable @inline(__always) public mutating func drop(_ count: Int) {
    precondition(count >= 0 && count <= self.count, "fewer bytes wait")
    first &+= UInt32(truncatingIfNeeded: count)
    if first == last {
      first = 0
      last = 0
    }
  }

  /// Takes bytes off the end.
  @inlinable public mutating func dropLast(_ count: Int) {
    precondition(count >= 0 && count <= self.count, "fewer bytes wait")
    last &-= UInt32(truncatingIfNeeded: count)
    if first == last {
      first = 0
      last = 0
    }
  }

  /// The first eight bytes that wait, if one more at the least does, the first in the low bits.
  @inlinable @inline(__always) public var firstWord: UInt64? {
    guard let base = unsafe base, count > 8 else { return nil }
    // Sound: the eight bytes wait, as has been checked.
    return unsafe UInt64(littleEndian: base.loadUnaligned(fromByteOffset: start, as: UInt64.self))
  }

  /// Lends the first `count` bytes behind so many others; fewer if fewer wait.
  @inlinable @inline(__always) public func withFirst<R, E: Error>(
    _ count: Int, behind skipped: Int = 0, _ body: (RawSpan) throws(E) -> R
  ) throws(E) -> R {
    guard let base = unsafe base, count > 0, skipped >= 0, skipped < self.count else { return try body(RawSpan()) }
    // Sound: the range is inside the buffer, and everything before `end` has been written.
    return try unsafe body(
      RawSpan(_unsafeStart: base + start + skipped, byteCount: min(count, self.count - skipped)))
  }

  /// Lends the first `count` bytes, as bytes; fewer if fewer wait.
  @inlinable public func withSpan<R, E: Error>(
    ofFirst count: Int = .max, _ body: (Span<UInt8>) throws(E) -> R
  ) throws(E) -> R {
    guard let base = unsafe base, count > 0, !isEmpty else { return try body(Span()) }
    // Sound: as above, and any byte is a UInt8.
    let bytes = unsafe UnsafeRawBufferPointer(start: base + start, count: min(count, self.count))
    return try unsafe body(Span(_unsafeBytes: bytes))
  }

  /// Lends all words that any waiting byte is in, to change waiting bytes where they are.
  ///
  /// - Parameter body: the words, and the byte of them at which the first waiting byte is.
  @inlinable public mutating func withWords(_ body: (inout MutableSpan<UInt64>, _ first: Int) -> Void) {
    guard let base = unsafe base, !isEmpty else { return }
    // Sound: the memory is aligned for words and has whole ones, of which only bytes that have been written are looked at.
    let words = unsafe UnsafeMutableBufferPointer(
      start: base.assumingMemoryBound(to: UInt64.self), count: capacity / 8)
    var span = unsafe words.mutableSpan
    body(&span, start)
  }

  /// Copies the first `count` bytes to a caller's memory. So many have to wait, and there has to be room for them.
  @inlinable public func copyFirst(_ count: Int, to output: inout OutputRawSpan) {
    precondition(count <= self.count && count <= output.freeCapacity, "more than waits, or than there is room for")
    withFirst(count) { bytes in
      // Sound: both sides have been checked to hold `count` bytes.
      unsafe output.withUnsafeMutableBytes { room, written in
        unsafe bytes.withUnsafeBytes { bytes in
          guard let source = bytes.baseAddress, let target = room.baseAddress else { return }
          unsafe (target + written).copyMemory(from: source, byteCount: bytes.count)
        }
        written += count
      }
    }
  }

  // MARK: Adding

  /// Lends the free room at the end; bytes that are appended there wait from then on. There has to be memory.
  ///
  /// - Parameters:
  ///   - limit: the most bytes to lend.
  ///   - body: appends bytes.
  @inlinable @inline(__always) public mutating func withFree<R, E: Error>(
    atMost limit: Int = .max, _ body: (inout OutputRawSpan) throws(E) -> R
  ) throws(E) -> R {
    precondition(unsafe base != nil, "the queue has no memory")
    // Sound: the room is inside the buffer, and `end` grows by what was written.
    let room = unsafe UnsafeMutableRawBufferPointer(
      start: base! + end, count: min(max(0, limit), freeAtEnd))
    var output = unsafe OutputRawSpan(buffer: room, initializedCount: 0)
    do throws(E) {
      let result = try body(&output)
      last &+= UInt32(truncatingIfNeeded: unsafe output.finalize(for: room))
      return result
    } catch {
      throw error
    }
  }

  /// Lends the free room at the end as memory to be written by hand.
  ///
  /// - Parameters:
  ///   - count: the bytes that there has to be room for.
  ///   - body: returns how many of them wait from now on.
  @unsafe @inlinable @inline(__always) public mutating func append(
    upTo count: Int, _ body: (UnsafeMutableRawPointer) -> Int
  ) {
    precondition(unsafe base != nil && count <= freeAtEnd, "the bytes run over the buffer")
    last &+= UInt32(truncatingIfNeeded: unsafe body(base! + end))
  }

  /// Appends bytes; there has to be room for them.
  @inlinable public mutating func append(_ bytes: RawSpan) {
    // Sound: there is room for all of them, which the call checks.
    unsafe append(upTo: bytes.byteCount) { target in
      unsafe bytes.withUnsafeBytes { bytes in
        if let source = bytes.baseAddress { unsafe target.copyMemory(from: source, byteCount: bytes.count) }
        return bytes.count
      }
    }
  }
}
