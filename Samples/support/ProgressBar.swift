/// A line on standard error that shows how far a transfer is, when standard error is a terminal.
package struct ProgressBar {
  private let isVisible = Output.standardError.isTerminal
  private let start = monotonicNanoseconds()
  private let total: Int?
  private var nextTime: UInt64 = 0
  private var last = 0

  /// `total` in bytes; nil when it is not known.
  package init(total: Int?) {
    self.total = total
  }

  /// Draws the line anew, at most ten times a second.
  package mutating func show(_ bytes: Int) {
    last = bytes
    guard isVisible else { return }
    let now = monotonicNanoseconds()
    guard now >= nextTime else { return }
    nextTime = now + 100_000_000
    draw(now)
  }

  /// Draws the line for the last time and goes to the next one.
  package func finish() {
    guard isVisible else { return }
    draw(monotonicNanoseconds())
    try? Output.standardError.write("\n")
  }

  private func draw(_ now: UInt64) {
    let rate = byteCount(Double(last) * 1e9 / Double(max(1, now - start))) + "/s"
    try? Output.standardError.write("\r\u{1B}[K" + Self.line(last, of: total, rate: rate))
  }

  /// The line, at most 79 columns wide.
  package static func line(_ bytes: Int, of total: Int?, rate: String) -> String {
    guard let total else { return "\(byteCount(Double(bytes)))  \(rate)" }
    // A file may grow while it is read.
    let done = total == 0 ? 1 : min(1, Double(bytes) / Double(total))
    let bar = Histogram.bar(Int(done * 1000), of: 1000, width: 30).left(30)
    let percent = "\(Int(done * 100)) %"
    return "▕\(bar)▏ \(percent.right(5))  \(byteCount(Double(bytes))) of \(byteCount(Double(total)))  \(rate)"
  }
}
