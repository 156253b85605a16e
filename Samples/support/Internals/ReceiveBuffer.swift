/// Memory to receive into, used again for every frame.
@safe package final class ReceiveBuffer {
  private let memory: UnsafeMutableRawBufferPointer
  private var count = 0

  /// `size` in bytes, at least 1.
  package init(size: Int) {
    unsafe memory = .allocate(byteCount: size, alignment: 16)
  }

  deinit {
    unsafe memory.deallocate()
  }

  /// Lends the memory to a call that receives, and gives back what that gives.
  package func fill<R, E: Error>(by receive: (inout OutputRawSpan) throws(E) -> R) throws(E) -> R {
    // Sound: the memory lives as long as this object, and nothing else touches it before the span is gone.
    var output = unsafe OutputRawSpan(buffer: memory, initializedCount: 0)
    defer { count = output.byteCount }
    return try receive(&output)
  }

  /// Lends the bytes that were received last.
  package func withBytes<R, E: Error>(_ body: (RawSpan) throws(E) -> R) throws(E) -> R {
    // Sound: `fill` has written the first `count` bytes.
    try unsafe body(RawSpan(_unsafeBytes: UnsafeRawBufferPointer(rebasing: memory[..<count])))
  }
}
