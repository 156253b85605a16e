/// Memory for bytes that wait.
///
/// It has one owner at a time, who may pass it on, and is freed with the last. So it always is memory of the system's, which
/// `UnsafeMutableRawPointer.allocate` gave, and never a part of something larger. A board without an allocator lends its memory
/// to a queue for good (`ByteQueue.init(lent:)`).
@frozen @safe public struct Buffer: ~Copyable {
  @usableFromInline let base: UnsafeMutableRawPointer
  /// Bytes.
  public let capacity: Int

  /// Allocates memory, aligned for words.
  ///
  /// - Parameter capacity: bytes, rounded up to whole words; one word at the least.
  @inlinable public init(capacity: Int) {
    let capacity = (max(capacity, 1) + 7) & ~7
    // Sound: nothing of it is read that has not been written before.
    unsafe base = .allocate(byteCount: capacity, alignment: 8)
    self.capacity = capacity
  }

  /// Takes over memory that `relinquish` gave up, or that came from `allocate` with an alignment of 8.
  @unsafe @inlinable public init(adopting base: UnsafeMutableRawPointer, capacity: Int) {
    unsafe self.base = base
    self.capacity = capacity
  }

  @inlinable deinit {
    // Sound: allocated here or adopted, and nobody else has it.
    unsafe base.deallocate()
  }

  /// Gives up the memory: whoever takes the address frees it, or has a buffer adopt it.
  @unsafe @inlinable public consuming func relinquish() -> UnsafeMutableRawPointer {
    let base = unsafe base
    discard self
    return unsafe base
  }
}

/// A source of memory for queues: the pool of a process or of a server's loop.
///
/// Queues and engines keep no reference to it. They are given it when they take memory and when they return it: a class, or a
/// value that refers to one.
public protocol BufferSource {
  /// Gives memory of at least so many bytes.
  func take(_ capacity: Int) -> Buffer
  /// Takes memory back, which `take` gave.
  func give(_ buffer: consuming Buffer)
}

/// Allocates each buffer and frees it.
public struct Allocator: BufferSource {
  @inlinable public init() {}
  @inlinable public func take(_ capacity: Int) -> Buffer { Buffer(capacity: capacity) }
  @inlinable public func give(_ buffer: consuming Buffer) {}
}
