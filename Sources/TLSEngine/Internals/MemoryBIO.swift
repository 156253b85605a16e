internal import CWestwindOpenSSL
public import WestwindBuffers

/// What OpenSSL reads from and writes to in place of a socket: two queues, which the engine's caller fills and empties. Used
/// within calls of its engine only.
@usableFromInline final class MemoryBIO {
  // Sound without the run time watching over each use: the engine has one user at a time.
  /// Ciphertext that has come.
  @usableFromInline @safe @exclusivity(unchecked) var input = ByteQueue(capacity: TLSConnectionEngine.bufferCapacity)
  /// Ciphertext that has to leave. It has memory while OpenSSL computes.
  @usableFromInline @safe @exclusivity(unchecked) var output = ByteQueue(capacity: TLSConnectionEngine.bufferCapacity)
  /// OpenSSL asked for more than there was: what it holds is not enough for anything.
  @safe @exclusivity(unchecked) private(set) var isStarved = false

  private func read(into bytes: UnsafeMutableRawBufferPointer) -> Int {
    let count = min(bytes.count, input.count)
    isStarved = count == 0
    guard count > 0 else { return 0 }
    input.withFirst(count) { first in
      // Sound: `bytes` has room for `count`, and is OpenSSL's own memory.
      unsafe first.withUnsafeBytes { unsafe bytes.baseAddress!.copyMemory(from: $0.baseAddress!, byteCount: count) }
    }
    input.drop(count)
    return count
  }

  private func write(_ bytes: UnsafeRawBufferPointer) -> Int {
    guard output.hasMemory else { return 0 }
    let count = min(bytes.count, output.freeAtEnd)
    guard count > 0 else { return 0 }
    // Sound: there is room for `count` bytes, and `bytes` is OpenSSL's own memory.
    unsafe output.append(upTo: count) { target in
      unsafe target.copyMemory(from: bytes.baseAddress!, byteCount: count)
      return count
    }
    return count
  }

  /// Returns a `BIO` over the queues, which must not outlive them; nil if there is no memory for it.
  func makeBIO() -> OpaquePointer? {
    guard let method = unsafe MemoryBIO.method, let bio = unsafe BIO_new(method) else { return nil }
    unsafe BIO_set_data(bio, Unmanaged.passUnretained(self).toOpaque())
    unsafe BIO_set_init(bio, 1)
    return unsafe bio
  }

  /// Sound: made once, and only read from then on.
  private nonisolated(unsafe) static let method: OpaquePointer? = {
    let type = BIO_get_new_index() | BIO_TYPE_SOURCE_SINK
    guard let method = unsafe BIO_meth_new(type, "westwind") else { return nil }
    unsafe BIO_meth_set_read(method) { bio, memory, count in
      // Sound: OpenSSL's memory is as long as it says.
      let bytes = unsafe UnsafeMutableRawBufferPointer(start: memory, count: Int(count))
      guard let bio = unsafe bio, unsafe !bytes.isEmpty else { return 0 }
      unsafe co_clear_retry(bio)
      let taken = unsafe MemoryBIO.of(bio).read(into: bytes)
      if taken > 0 { return CInt(taken) }
      unsafe co_set_retry_read(bio)
      return -1
    }
    unsafe BIO_meth_set_write(method) { bio, memory, count in
      // Sound: as above.
      let bytes = unsafe UnsafeRawBufferPointer(start: memory, count: Int(count))
      guard let bio = unsafe bio, unsafe !bytes.isEmpty else { return 0 }
      unsafe co_clear_retry(bio)
      let taken = unsafe MemoryBIO.of(bio).write(bytes)
      if taken > 0 { return CInt(taken) }
      unsafe co_set_retry_write(bio)
      return -1
    }
    unsafe BIO_meth_set_ctrl(method) { _, command, _, _ in command == BIO_CTRL_FLUSH ? 1 : 0 }
    return unsafe method
  }()

  /// Sound: the data is set in `makeBIO`, and the engine keeps the queues for as long as the `BIO`.
  private static func of(_ bio: OpaquePointer) -> MemoryBIO {
    unsafe Unmanaged<MemoryBIO>.fromOpaque(BIO_get_data(bio)).takeUnretainedValue()
  }
}
