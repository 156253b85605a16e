internal import CWestwindOpenSSL

/// What OpenSSL reads from and writes to in place of a socket: two buffers, which the connection fills from and empties
/// to the descriptor below. Reached under the engine's lock only.
final class Transport {
  // Sound without the run time watching over each use: under the lock nobody looks in while another changes them.
  /// Ciphertext that has come.
  @safe @exclusivity(unchecked) var input: RecordBuffer?
  /// Ciphertext that has to leave.
  @safe @exclusivity(unchecked) var output: RecordBuffer?
  /// OpenSSL asked for more than there was: what it holds is not enough for anything.
  @safe @exclusivity(unchecked) private(set) var isStarved = false

  var hasInput: Bool { input?.isEmpty == false }
  var hasOutput: Bool { output?.isEmpty == false }
  /// How much can be written before OpenSSL is told to wait.
  var outputRoom: Int { output?.free ?? RecordBuffer.capacity }

  fileprivate func read(into bytes: UnsafeMutableRawBufferPointer) -> Int {
    let count = unsafe input?.take(into: bytes) ?? 0
    if !hasInput { input = nil }
    isStarved = count == 0
    return count
  }

  fileprivate func write(_ bytes: UnsafeRawBufferPointer) -> Int {
    if output == nil { output = RecordBuffer() }
    return unsafe output!.append(bytes)
  }

  /// A BIO over this transport, which has to outlive it. Nil where there is no memory.
  func makeBIO() -> OpaquePointer? {
    guard let method = unsafe Transport.method, let bio = unsafe BIO_new(method) else { return nil }
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
      let taken = unsafe Transport.of(bio).read(into: bytes)
      if taken > 0 { return CInt(taken) }
      unsafe co_set_retry_read(bio)
      return -1
    }
    unsafe BIO_meth_set_write(method) { bio, memory, count in
      // Sound: as above.
      let bytes = unsafe UnsafeRawBufferPointer(start: memory, count: Int(count))
      guard let bio = unsafe bio, unsafe !bytes.isEmpty else { return 0 }
      unsafe co_clear_retry(bio)
      let taken = unsafe Transport.of(bio).write(bytes)
      if taken > 0 { return CInt(taken) }
      unsafe co_set_retry_write(bio)
      return -1
    }
    unsafe BIO_meth_set_ctrl(method) { _, command, _, _ in command == BIO_CTRL_FLUSH ? 1 : 0 }
    return unsafe method
  }()

  /// Sound: the data is set in `makeBIO`, and the engine keeps the transport for as long as the BIO.
  private static func of(_ bio: OpaquePointer) -> Transport {
    unsafe Unmanaged<Transport>.fromOpaque(BIO_get_data(bio)).takeUnretainedValue()
  }
}
