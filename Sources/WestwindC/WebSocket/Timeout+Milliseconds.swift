internal import WestwindSockets

extension Timeout {
  /// As Zephyr counts it: -1 (`SYS_FOREVER_MS`) is without end, and other negative numbers act as 0.
  init(milliseconds: Int32) {
    self = milliseconds == -1 ? .forever : .milliseconds(Int(milliseconds))
  }
}
