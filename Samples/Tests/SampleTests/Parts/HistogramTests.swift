import SampleSupport
import SampleTestSupport
import Testing

struct HistogramTests {
  @Test func `percentiles are those of the sorted times, within one percent`() {
    var generator = SeededGenerator(seed: 1)
    for count in [1, 2, 3, 10, 99, 100, 101, 10_000] {
      var histogram = Histogram()
      // From nanoseconds to minutes.
      var times = (0..<count).map { _ in generator.next() >> UInt64.random(in: 28...60, using: &generator) }
      for time in times { histogram.record(time) }
      times.sort()
      #expect(histogram.count == count)
      #expect(histogram.min == times.first)
      #expect(histogram.max == times.last)
      #expect(histogram.percentile(100) == times.last)
      for percent in [0, 1, 50, 90, 99, 99.9] {
        let exact = times[max(0, Int((percent / 100 * Double(count)).rounded(.up)) - 1)]
        let found = histogram.percentile(percent)
        #expect(found >= exact)
        #expect(Double(found) <= Double(exact) * 1.01)
      }
    }
  }

  @Test func `every time has a bucket`() {
    var histogram = Histogram()
    let times = (0..<64).flatMap { power in [UInt64(1) << power, (UInt64(1) << power) - 1] } + [UInt64.max]
    for time in times { histogram.record(time) }
    #expect(histogram.count == times.count)
    #expect(histogram.percentile(100) == .max)
  }

  @Test func `nothing recorded draws nothing`() {
    #expect(Histogram().drawn() == [])
    #expect(Histogram().percentile(50) == 0)
  }

  @Test(arguments: [0, 5, 99, 100, 1_000, 12_345, 9_999_999, 123_456_789, 60_000_000_000] as [UInt64])
  func `the drawing fits 80 columns and holds every time`(_ base: UInt64) {
    for spread in [0, 1, 10, 1_000, 1_000_000] as [UInt64] {
      var generator = SeededGenerator(seed: base &+ spread)
      var histogram = Histogram()
      for _ in 0..<5_000 { histogram.record(base + (spread == 0 ? 0 : generator.next() % spread)) }
      histogram.record(base + 50_000_000)
      let lines = histogram.drawn()
      #expect((1...13).contains(lines.count))
      #expect(lines.allSatisfy { $0.count <= 80 })
      #expect(Set(lines.map(\.count)).count == 1)
      #expect(lines.contains { $0.contains(String(repeating: "█", count: 44)) })
      // The next to last column is the count.
      let counts = lines.map { $0.split(separator: " ").dropLast(2).last!.filter { $0 != "," } }
      #expect(counts.compactMap { Int($0) }.reduce(0, +) == 5_001)
    }
  }

  @Test func `a bar grows by eighths and is never empty for a count`() {
    #expect(Histogram.bar(0, of: 10, width: 4) == "")
    #expect(Histogram.bar(10, of: 10, width: 4) == "████")
    #expect(Histogram.bar(5, of: 10, width: 4) == "██")
    #expect(Histogram.bar(1, of: 1_000_000, width: 4) == "▏")
    #expect(Histogram.bar(3, of: 32, width: 4) == "▍")
  }
}
