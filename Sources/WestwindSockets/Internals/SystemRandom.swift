/// The system's generator of random bytes: `getrandom`.
package enum SystemRandom {
  /// Fills all of the bytes.
  package static func fill(_ bytes: inout MutableRawSpan) {
    Syscalls.fillRandom(&bytes)
  }
}
