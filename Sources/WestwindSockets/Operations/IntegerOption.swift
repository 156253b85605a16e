package import SystemPackage

// An option's value that is an `int`, as the layers' own options are.

extension RawSpan {
  /// What `setsockopt` was given; nil where it is not as long as an `int`.
  package var integerOption: CInt? {
    // Sound: the length is checked, and any bytes are an integer.
    byteCount == MemoryLayout<CInt>.size ? unsafe unsafeLoadUnaligned(as: CInt.self) : nil
  }
}

extension OutputRawSpan {
  /// Writes what `getsockopt` is to give.
  ///
  /// - Throws: `EINVAL` where there is no room for it.
  package mutating func appendOption(_ value: CInt) throws(Errno) {
    guard freeCapacity >= MemoryLayout<CInt>.size else { throw .invalidArgument }
    // Sound: an integer's bytes, for which there is room.
    unsafe append(value, as: CInt.self)
  }
}
