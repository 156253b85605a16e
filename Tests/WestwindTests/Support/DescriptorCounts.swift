import WestwindTestSupport

/// How many descriptors the process has open after each of some rounds.
func descriptorCounts(rounds: Int, _ round: () throws -> Void) rethrows -> [Int] {
  try (0..<rounds).map { _ in
    try round()
    return openDescriptorCount()
  }
}

/// Whether the counts grow from round to round: something is left open each time. What is opened once for the process,
/// now or then, does not make them.
func isGrowing(_ counts: [Int]) -> Bool {
  zip(counts, counts.dropFirst()).allSatisfy { $0 < $1 }
}
