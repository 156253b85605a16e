internal import Synchronization
internal import WestwindSockets

/// Ciphertext on its way: memory for four whole TLS records, borrowed from a pool of the process. It is given back with
/// this value, so a connection on which nothing waits has none, and the path of the bytes allocates nothing.
struct RecordBuffer: ~Copyable, Sendable {
  /// RFC 8446 5.1: the most that a record holds.
  static let recordSize = 16384
  /// RFC 8446 5.2: at the most 256 bytes more, and a header of 5.
  private static let overhead = 256 + 5
  /// Four records, and room for an alert or a KeyUpdate between them, or for one that is small.
  static let capacity = 4 * (recordSize + overhead) + 1024

  private let memory: Memory
  private(set) var start = 0
  private(set) var end = 0

  init() {
    memory = RecordBufferPool.take()
  }

  deinit {
    RecordBufferPool.give(memory)
  }

  /// The room that the next record of some plaintext takes at the most, and an alert or a KeyUpdate before it.
  static func recordRoom(for count: Int) -> Int { min(count, recordSize) + overhead + 512 }

  var count: Int { end - start }
  var isEmpty: Bool { start == end }
  var free: Int { RecordBuffer.capacity - end }

  mutating func drop(_ count: Int) {
    start += count
    if isEmpty {
      start = 0
      end = 0
    }
  }

  /// Takes as much as there is room for.
  ///
  /// - Returns: how much that was.
  mutating func append(_ bytes: UnsafeRawBufferPointer) -> Int {
    let count = min(bytes.count, free)
    guard count > 0 else { return 0 }
    // Sound: both runs are in bounds, and the caller's memory is none of the pool's.
    unsafe (memory.base + end).copyMemory(from: bytes.baseAddress!, byteCount: count)
    end += count
    return count
  }

  /// Moves bytes out, from the start.
  mutating func take(into bytes: UnsafeMutableRawBufferPointer) -> Int {
    let count = min(bytes.count, self.count)
    guard count > 0 else { return 0 }
    // Sound: as in `append`.
    unsafe bytes.baseAddress!.copyMemory(from: memory.base + start, byteCount: count)
    drop(count)
    return count
  }

  /// Lends what waits.
  func withBytes<R, E: Error>(_ body: (RawSpan) throws(E) -> R) throws(E) -> R {
    // Sound: the range has been written, and the memory lives as long as `self`.
    try unsafe body(RawSpan(_unsafeStart: memory.base + start, byteCount: count))
  }

  /// Lends the free room, to be filled from its front.
  mutating func withFree<R, E: Error>(_ body: (inout OutputRawSpan) throws(E) -> R) throws(E) -> R {
    // Sound: the range is in bounds, and the end moves by what was written to it.
    let room = unsafe UnsafeMutableRawBufferPointer(start: memory.base + end, count: free)
    var output = unsafe OutputRawSpan(buffer: room, initializedCount: 0)
    do throws(E) {
      let value = try body(&output)
      end += unsafe output.finalize(for: room)
      return value
    } catch {
      _ = unsafe output.finalize(for: room)
      throw error
    }
  }

  /// Sound to send: one owner at a time, which the pool hands over.
  @safe struct Memory: @unchecked Sendable {
    let base: UnsafeMutableRawPointer
  }
}

/// The idle buffers of the process.
private enum RecordBufferPool {
  /// 64 idle ones are 4 MiB.
  private static let limit = 64
  /// The address of the buffer that was given last, 0 for none: while one connection after the other has bytes, it changes
  /// hands by one atomic operation each way.
  private static let newest = Atomic<UInt>(0)
  private static let idle = Lock<[RecordBuffer.Memory]>(reserved())

  private static func reserved() -> [RecordBuffer.Memory] {
    var idle: [RecordBuffer.Memory] = []
    idle.reserveCapacity(limit)
    return idle
  }

  static func take() -> RecordBuffer.Memory {
    // Sound: `give` put it there, and nobody else has it from then on.
    let newest = newest.exchange(0, ordering: .acquiring)
    if let base = unsafe UnsafeMutableRawPointer(bitPattern: newest) { return unsafe RecordBuffer.Memory(base: base) }
    if let memory = idle.withLock({ $0.popLast() }) { return memory }
    return unsafe RecordBuffer.Memory(base: .allocate(byteCount: RecordBuffer.capacity, alignment: 16))
  }

  static func give(_ memory: RecordBuffer.Memory) {
    let address = unsafe UInt(bitPattern: memory.base)
    if newest.compareExchange(expected: 0, desired: address, ordering: .releasing).exchanged { return }
    let isKept = idle.withLock { idle in
      guard idle.count + 1 < limit else { return false }
      idle.append(memory)
      return true
    }
    if !isKept { unsafe memory.base.deallocate() }
  }
}
