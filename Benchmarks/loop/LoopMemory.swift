import WestwindBuffers

/// The memory of a loop: buffers of one size, which its connections have while bytes wait in them. A buffer that is free
/// holds the address of the next that is.
final class LoopMemory: BufferSource {
  private let size: Int
  private var free: UnsafeMutableRawPointer?

  /// - Parameter size: bytes of a buffer. What is asked for beyond that is allocated, and freed when it comes back.
  init(size: Int) {
    self.size = size
  }

  deinit {
    while let base = free {
      free = base.load(as: UnsafeMutableRawPointer?.self)
      _ = Buffer(adopting: base, capacity: size)
    }
  }

  @inline(__always)
  func take(_ capacity: Int) -> Buffer {
    guard capacity <= size else { return Buffer(capacity: capacity) }
    guard let base = free else { return Buffer(capacity: size) }
    free = base.load(as: UnsafeMutableRawPointer?.self)
    return Buffer(adopting: base, capacity: size)
  }

  @inline(__always)
  func give(_ buffer: consuming Buffer) {
    guard buffer.capacity == size else { return }
    let base = buffer.relinquish()
    base.storeBytes(of: free, as: UnsafeMutableRawPointer?.self)
    free = base
  }
}
