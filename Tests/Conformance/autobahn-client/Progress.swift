import Glibc

/// One line on standard error that says how far the run is: rewritten in a terminal, else a line now and then.
final class Progress {
  private let total: Int
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private let start = ContinuousClock.now
  private var ran = 0
  private var lastLine = ContinuousClock.now

  init(total: Int) {
    self.total = total
  }

  func began(_ number: Int, _ id: String) {
    ran += 1
    show(number, "case \(id)")
  }

  func skipped(_ number: Int) {
    show(number, "looking for cases")
  }

  /// A line that stays.
  func note(_ text: String) {
    printError(isTerminal ? "\r\u{1B}[K" + text : text)
  }

  func ended(agent: String) {
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    note("\(ran) cases run as \(agent) in \((seconds * 10).rounded() / 10) s")
  }

  private func show(_ number: Int, _ what: String) {
    if isTerminal {
      printError("\r\u{1B}[K[\(number)/\(total)] \(what)", terminator: "")
    } else if .now - lastLine > .seconds(10) {
      lastLine = .now
      printError("[\(number)/\(total)] \(what)")
    }
  }
}

func printError(_ text: String, terminator: String = "\n") {
  var line = text + terminator
  line.withUTF8 { _ = unsafe write(STDERR_FILENO, $0.baseAddress, $0.count) }
}
