/// What a message of the echoed phase says about itself, in its first bytes.
struct Stamp {
  static let size = 16

  var run: UInt64
  /// When it left, in nanoseconds on the monotonic clock.
  var time: UInt64

  init(run: UInt64, time: UInt64) {
    self.run = run
    self.time = time
  }

  /// - Parameter bytes: `Stamp.size` of them.
  init(_ bytes: [UInt8]) {
    run = bytes[..<8].reduce(0) { $0 << 8 | UInt64($1) }
    time = bytes[8...].reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// Writes it over the first bytes.
  func write(to bytes: inout [UInt8]) {
    for i in 0..<8 {
      bytes[i] = UInt8(truncatingIfNeeded: run >> UInt64(56 - 8 * i))
      bytes[8 + i] = UInt8(truncatingIfNeeded: time >> UInt64(56 - 8 * i))
    }
  }
}
