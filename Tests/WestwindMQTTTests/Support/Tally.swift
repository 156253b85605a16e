import Synchronization

/// Which numbered messages came, and how often: at QoS 1 none may be missing, at QoS 2 each comes once.
final class Tally: Sendable {
  private let counts = Mutex<[Int: Int]>([:])

  func note(_ number: Int) { counts.withLock { $0[number, default: 0] += 1 } }

  /// How many different ones came.
  var count: Int { counts.withLock { $0.count } }

  func missing(_ numbers: some Sequence<Int>) -> [Int] {
    counts.withLock { counts in numbers.filter { counts[$0] == nil } }
  }

  /// Those that came more than once.
  var doubled: [Int] { counts.withLock { counts in counts.filter { $0.value > 1 }.map(\.key).sorted() } }
}
