extension Histogram {
  private static let mostRows: UInt64 = 12
  private static let barWidth = 44

  /// The histogram as lines of text, each at most 80 columns wide.
  ///
  /// The rows cover the times up to p99, all as wide as each other, 12 at most. One more row takes the slowest 1 %.
  package func drawn() -> [String] {
    guard count > 0 else { return [] }
    let (low, high) = (percentile(0), percentile(99))
    let width = Self.rowWidth(from: low, to: high)
    let label = Self.labels(upTo: high, width: width)
    let start = low / width * width
    let end = high / width * width + width

    var rows: [(label: String, count: Int)] = []
    for edge in stride(from: start, to: end, by: Int(width)) {
      // A bucket lies in the row where it begins, so one may begin below the first row.
      rows.append((label(edge), count(in: (edge == start ? 0 : edge)..<edge + width)))
    }
    let slowest = count(in: end..<UInt64.max)
    if slowest > 0 { rows.append(("≥ " + label(end), slowest)) }

    let longest = rows.map(\.count).max() ?? 0
    return rows.map { row in
      let bar = Self.bar(row.count, of: longest, width: Self.barWidth).left(Self.barWidth)
      let share = fixed(Double(row.count) * 100 / Double(count), digits: 1) + " %"
      return "  \(row.label.right(10)) \(bar) \(grouped(row.count).right(11)) \(share.right(8))"
    }
  }

  /// The width of a row in nanoseconds: 1, 2 or 5 times a power of ten, and not narrower than the buckets.
  private static func rowWidth(from low: UInt64, to high: UInt64) -> UInt64 {
    var scale: UInt64 = 1
    while true {
      for width in [scale, 2 * scale, 5 * scale]
      where high / width - low / width < mostRows && high / width <= UInt64(parts) {
        return width
      }
      scale *= 10
    }
  }

  /// Writes the edges of rows, all in the unit that fits the largest and with as many decimals as the width needs.
  private static func labels(upTo high: UInt64, width: UInt64) -> (UInt64) -> String {
    let units: [(name: String, nanoseconds: UInt64)] = [
      ("s ", 1_000_000_000), ("ms", 1_000_000), ("µs", 1_000), ("ns", 1),
    ]
    let unit = units.first { high >= $0.nanoseconds } ?? units[3]
    var digits = 0
    var step = width
    while step < unit.nanoseconds, digits < 3 {
      step *= 10
      digits += 1
    }
    return { fixed(Double($0) / Double(unit.nanoseconds), digits: digits) + " " + unit.name }
  }

  /// A bar in eighths of a column. A count that is not zero shows at least one eighth.
  package static func bar(_ count: Int, of longest: Int, width: Int) -> String {
    guard count > 0, longest > 0 else { return "" }
    let eighths = Swift.max(1, Int((Double(count) / Double(longest) * Double(width * 8)).rounded()))
    let parts = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
    return String(repeating: "█", count: eighths / 8) + parts[eighths % 8]
  }
}
