/// Counts times in buckets whose width grows with the time: memory is fixed, and no time is off by more than 1 %.
///
/// Below 256 ns each nanosecond has its bucket; above, each power of two is cut into 128 parts.
package struct Histogram {
  package static let parts = 128
  private static let bucketCount = 2 * parts + (64 - 8) * parts

  private var buckets = [UInt64](repeating: 0, count: bucketCount)
  package private(set) var count = 0
  package private(set) var min = UInt64.max
  package private(set) var max: UInt64 = 0

  package init() {}

  /// Counts one time. It allocates nothing.
  package mutating func record(_ nanoseconds: UInt64) {
    buckets[Self.bucket(of: nanoseconds)] += 1
    count += 1
    if nanoseconds < min { min = nanoseconds }
    if nanoseconds > max { max = nanoseconds }
  }

  /// The time in nanoseconds that `percent` of all times do not exceed; 0 when none was recorded.
  package func percentile(_ percent: Double) -> UInt64 {
    let rank = Swift.max(1, UInt64((percent / 100 * Double(count)).rounded(.up)))
    var seen: UInt64 = 0
    for (index, bucket) in buckets.enumerated() where bucket > 0 {
      seen += bucket
      if seen >= rank {
        return Swift.min(max, Swift.max(min, Self.highest(in: index)))
      }
    }
    return max
  }

  /// How many times lie in `range` of nanoseconds, as far as the buckets tell.
  package func count(in range: Range<UInt64>) -> Int {
    var sum: UInt64 = 0
    for (index, bucket) in buckets.enumerated()
    where bucket > 0 && range.contains(Self.lowest(in: index)) {
      sum += bucket
    }
    return Int(sum)
  }

  private static func bucket(of value: UInt64) -> Int {
    guard value >= 256 else { return Int(value) }
    let shift = 63 - value.leadingZeroBitCount - 7
    return 256 + (shift - 1) * parts + Int(value >> UInt64(shift)) - parts
  }

  /// The smallest time that falls into a bucket.
  private static func lowest(in bucket: Int) -> UInt64 {
    guard bucket >= 256 else { return UInt64(bucket) }
    let (power, part) = (bucket - 256).quotientAndRemainder(dividingBy: parts)
    return UInt64(parts + part) << UInt64(power + 1)
  }

  /// The largest time that falls into a bucket.
  private static func highest(in bucket: Int) -> UInt64 {
    // What follows the last bucket would begin at 2^64, which is 0 here.
    lowest(in: bucket + 1) &- 1
  }
}
