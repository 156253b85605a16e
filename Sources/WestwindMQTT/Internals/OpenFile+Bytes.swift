internal import SystemPackage
internal import WestwindPlatform
internal import WestwindSockets

// Sound for the reasons that `OpenFile` gives.

extension OpenFile {
  /// Appends a range, for which there must be room, as far as the file has it.
  ///
  /// - Returns: the bytes read.
  func readPart(_ range: FileRange, into output: inout OutputSpan<UInt8>) throws(Errno) -> Int {
    precondition(range.count <= output.freeCapacity, "more bytes than there is room for")
    return try unsafe output.withUnsafeMutableBufferPointer { (buffer, filled) throws(Errno) in
      let room = UnsafeMutableRawBufferPointer(buffer)
      var count = 0
      while count < range.count {
        let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: room[filled..<(filled + range.count - count)])
        let read = try retryingInterrupts { unsafe pread(number, rest.baseAddress, rest.count, range.offset + count) }
          .get()
        if read == 0 { break }
        filled += read
        count += read
      }
      return count
    }
  }

  /// Appends a range, for which there must be room, and all of which the file must have.
  func read(_ range: FileRange, into output: inout OutputSpan<UInt8>) throws(Errno) {
    // somebody has cut the file off
    guard try readPart(range, into: &output) == range.count else { throw .ioError }
  }

  /// A range, all of which the file must have.
  func bytes(_ range: FileRange) throws(Errno) -> [UInt8] {
    try [UInt8](capacity: range.count) { (out) throws(Errno) in try read(range, into: &out) }
  }

  /// Writes all of the bytes at an offset. Where it fails, a part of them may have been written.
  func write(_ bytes: RawSpan, at offset: Int) throws(Errno) {
    try unsafe bytes.withUnsafeBytes { (bytes) throws(Errno) in
      var written = 0
      while written < bytes.count {
        let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[written...])
        let count = try retryingInterrupts { unsafe pwrite(number, rest.baseAddress, rest.count, offset + written) }
          .get()
        // no file takes none of some bytes without an error
        guard count > 0 else { throw .ioError }
        written += count
      }
    }
  }

  /// Sets who may do what with the file.
  func setMode(_ mode: mode_t) throws(Errno) {
    _ = try retryingInterrupts { fchmod(number, mode & 0o777) }.get()
  }

  /// Cuts the file off.
  func truncate(to size: Int) throws(Errno) {
    _ = try retryingInterrupts { ftruncate(number, size) }.get()
  }

  /// Waits until the file's bytes are on the disk, or a folder's names.
  func synchronize() throws(Errno) {
    _ = try retryingInterrupts { fdatasync(number) }.get()
  }
}
