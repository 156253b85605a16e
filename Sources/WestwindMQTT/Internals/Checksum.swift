internal import CWestwindZlib

/// CRC-32, as zlib computes it.
struct Checksum {
  private(set) var value: UInt32

  /// - Parameter seed: another one gives the same bytes another checksum.
  init(seed: UInt32 = 0) {
    value = seed
  }

  mutating func add(_ bytes: RawSpan) {
    // of no bytes at no address zlib gives back its first value
    guard !bytes.isEmpty else { return }
    // Sound: so many bytes stand there, and nothing is kept of the address.
    unsafe bytes.withUnsafeBytes { bytes in
      let start = unsafe bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
      value = unsafe UInt32(truncatingIfNeeded: crc32_z(UInt(value), start, bytes.count))
    }
  }
}
