internal import CWestwindOpenSSL

/// Bytes that are nobody else's business, such as a private key. They are overwritten when the last reference to them goes.
///
/// Two secrets are equal if their bytes are. That, and the hash, go by a digest (SHA-256), so that a secret can be recognized
/// by who has only its `fingerprint`.
///
/// What is beyond this type: the array or the file that the bytes came from. OpenSSL overwrites its own key when the last
/// connection that uses it is gone. Copies that it makes while it reads one are overwritten as far as the allocator gives their
/// memory out again.
@safe public final class TLSSecret: @unchecked Sendable {
  // Sound to send: the memory is written in `init` and overwritten in `deinit`, and only read in between.
  private let memory: UnsafeMutableRawBufferPointer
  private let digest: [UInt8]

  /// Copies bytes.
  public convenience init(_ bytes: [UInt8]) {
    // Sound: the array's own memory, which is copied.
    unsafe self.init(copying: bytes.span.bytes)
  }

  /// Makes a secret of what a call writes into memory, all of which is overwritten.
  ///
  /// - Parameters:
  ///   - capacity: how many bytes it may write.
  ///   - body: returns how many it has written.
  package convenience init<E: Error>(
    capacity: Int, _ body: (UnsafeMutableRawBufferPointer) throws(E) -> Int
  ) throws(E) {
    let room = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 1)
    var count = 0
    defer {
      // Sound: memory of this call's own. What was never written need not be touched.
      unsafe OPENSSL_cleanse(room.baseAddress, count)
      unsafe room.deallocate()
    }
    do throws(E) {
      count = try unsafe body(room)
    } catch {
      count = capacity
      throw error
    }
    unsafe self.init(copying: RawSpan(_unsafeBytes: UnsafeRawBufferPointer(rebasing: room[..<count])))
  }

  /// Copies bytes.
  package init(copying bytes: RawSpan) {
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, bytes.byteCount), alignment: 1)
    // Sound: the memory is as large as the bytes are many.
    digest = unsafe bytes.withUnsafeBytes { bytes in
      unsafe memory.copyMemory(from: bytes)
      return unsafe Digest.sha256(bytes)
    }
    unsafe self.memory = unsafe memory
    count = bytes.byteCount
  }

  /// How many bytes.
  package let count: Int

  /// Lends the bytes.
  package func withBytes<R, E: Error>(_ body: (RawSpan) throws(E) -> R) throws(E) -> R {
    // Sound: `count` bytes were written, and stay for as long as the object.
    let bytes = unsafe UnsafeRawBufferPointer(rebasing: memory[..<count])
    return try body(unsafe RawSpan(_unsafeBytes: bytes))
  }

  /// The same secret without its bytes: to recognize it by.
  package struct Fingerprint: Hashable, Sendable {
    fileprivate let digest: [UInt8]
  }

  package var fingerprint: Fingerprint { Fingerprint(digest: digest) }

  deinit {
    unsafe OPENSSL_cleanse(memory.baseAddress, memory.count)
    unsafe memory.deallocate()
  }
}

extension TLSSecret: Hashable {
  public static func == (one: TLSSecret, other: TLSSecret) -> Bool { one.digest == other.digest }
  public func hash(into hasher: inout Hasher) { hasher.combine(digest) }
}

extension TLSSecret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// How many bytes, never the bytes.
  public var description: String { "\(count) bytes" }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: []) }
}
