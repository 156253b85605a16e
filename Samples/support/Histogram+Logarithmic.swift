extension Histogram {
  private static let barWidth = 44

  /// The histogram as lines of text, each at most 80 columns wide, a row from each of 1, 2 and 5 times a power of ten
  /// to the next.
  package func drawnLogarithmically() -> [String] {
    guard count > 0 else { return [] }
    var rows: [(end: UInt64, count: Int)] = []
    var start: UInt64 = 0
    for end in Histogram.edges where start <= max {
      let count = count(in: start..<end)
      // Rows begin with the first one that has something.
      if count > 0 || !rows.isEmpty { rows.append((end, count)) }
      start = end
    }
    let longest = rows.map(\.count).max() ?? 0
    return rows.map { row in
      let bar = Histogram.bar(row.count, of: longest, width: Histogram.barWidth).left(Histogram.barWidth)
      let share = fixed(Double(row.count) * 100 / Double(count), digits: 1) + " %"
      return "  \(("< " + label(row.end)).right(9)) \(bar) \(grouped(row.count).right(11)) \(share.right(8))"
    }
  }

  /// 1 µs to 5000 s, and what is longer.
  private static let edges: [UInt64] = {
    var edges: [UInt64] = []
    var scale: UInt64 = 1000
    while scale <= 1_000_000_000_000 {
      edges += [scale, 2 * scale, 5 * scale]
      scale *= 10
    }
    return edges + [.max]
  }()

  private func label(_ edge: UInt64) -> String {
    switch edge {
    case ..<1_000_000: "\(edge / 1000) µs"
    case ..<1_000_000_000: "\(edge / 1_000_000) ms"
    case .max: "∞"
    default: "\(edge / 1_000_000_000) s"
    }
  }
}
