import Glibc
package import SystemPackage

/// Reads once, up to `size` bytes, behind those that are there.
///
/// - Returns: the bytes read; 0 at the end of the input.
///
/// The corresponding C function is `read`.
package func readInput(_ number: CInt, appending size: Int, to bytes: inout [UInt8]) throws(Errno) -> Int {
  var failure: CInt = 0
  let start = bytes.count
  bytes.append(addingCapacity: size) { out in
    out.withUnsafeMutableBufferPointer { buffer, count in
      var result: Int
      repeat { result = read(number, buffer.baseAddress! + count, size) } while result < 0 && errno == EINTR
      if result < 0 { failure = errno } else { count += result }
    }
  }
  guard failure == 0 else { throw Errno(rawValue: failure) }
  return bytes.count - start
}

/// Where the next newline is; nil where there is none.
///
/// The corresponding C function is `memchr`.
package func placeOfNewline(in bytes: [UInt8], from start: Int) -> Int? {
  bytes.withUnsafeBytes { bytes in
    guard start < bytes.count, let base = bytes.baseAddress else { return nil }
    // Sound: the bytes from `start` on are the array's.
    return memchr(base + start, CInt(UInt8(ascii: "\n")), bytes.count - start).map { UnsafeRawPointer($0) - base }
  }
}
