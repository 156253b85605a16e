/// The system's generator of random bytes: `getrandom`.
public enum SystemRandom {
  /// Fills all of the bytes.
  public static func fill(_ bytes: inout MutableRawSpan) {
    Syscalls.fillRandom(&bytes)
  }
}
