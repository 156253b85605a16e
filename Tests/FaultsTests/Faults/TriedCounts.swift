import WestwindSockets
import WestwindTesting

/// How many faults of which kind were tried; it travels from the process that tries to the one that tells.
struct TriedCounts {
  private static let mark = "tried:"
  private var counts: [String: Int] = [:]

  mutating func note(_ fault: ScriptedSocket.Fault) { counts["\(fault)", default: 0] += 1 }
  mutating func noteCut() { counts["cut", default: 0] += 1 }
  mutating func merge(_ other: TriedCounts) { counts.merge(other.counts, uniquingKeysWith: +) }

  var total: Int { counts.values.reduce(0, +) }

  /// Writes the counts to standard output, a line each.
  func write() {
    for (name, count) in counts { print(Self.mark, name, count) }
  }

  init() {}

  /// Reads what `write` wrote.
  init(output: [UInt8]) {
    for line in String(decoding: output, as: UTF8.self).split(separator: "\n") {
      let words = line.split(separator: " ")
      guard words.count == 3, words[0] == Self.mark, let count = Int(words[2]) else { continue }
      counts[String(words[1]), default: 0] += count
    }
  }

  /// The one line that tells.
  var line: String {
    "faults: \(total) tried: "
      + counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
      .joined(separator: ", ")
  }
}
