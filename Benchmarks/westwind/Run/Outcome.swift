/// What one client made of an item: medians of its rounds.
struct Result: Codable {
  let client: String
  let messages: Int
  let rounds: Int
  /// Messages a second: the median, and each round's.
  var rate: Double?
  let rates: [Double]
  /// The processor's time for a message, in nanoseconds: the client's own, and the kernel's.
  var userNanoseconds: Double?
  var systemNanoseconds: Double?
  /// Of memory, for each connection.
  var bytes: Double?

  /// - Returns: nil where there is no run.
  init?(client: String, count: Int, isIdle: Bool, _ figures: [BenchClient.Figures]) {
    guard !figures.isEmpty else { return nil }
    self.client = client
    messages = count
    rounds = figures.count
    func perMessage(_ seconds: [Double]) -> Double? { median(seconds).map { $0 / Double(count) * 1e9 } }
    rates = figures.compactMap { figures in figures.seconds.map { Double(count) / $0 } }
    rate = median(rates)
    userNanoseconds = perMessage(figures.compactMap(\.user))
    systemNanoseconds = perMessage(figures.compactMap(\.system))
    bytes = median(figures.compactMap(\.bytes))
  }
}

struct Outcome: Codable {
  let item: Plan.Item
  let results: [Result]

  func result(_ client: String) -> Result? { results.first { $0.client == client } }

  /// The rate of a client beside the raw socket's: of each round the ratio, and of the ratios the median, since the machine
  /// is faster in one round than in another.
  func ratio(_ result: Result) -> Double? {
    guard let raw = self.result("raw")?.rates else { return nil }
    return median(zip(result.rates, raw).map { $0 / $1 })
  }

  /// The best of other people's libraries: the fastest, or the one that takes the least memory.
  var bestPeer: Result? {
    let peers = results.filter { !$0.client.hasPrefix(ourName) && !Baseline.names.contains($0.client) }
    return item.isIdle
      ? peers.min { $0.bytes ?? .infinity < $1.bytes ?? .infinity } : peers.max { $0.rate ?? 0 < $1.rate ?? 0 }
  }
}

/// What is no library.
enum Baseline {
  static let names = ["raw", "raw-xor", "minimal"]
}

func median(_ values: [Double]) -> Double? {
  guard !values.isEmpty else { return nil }
  let sorted = values.sorted()
  let middle = sorted.count / 2
  return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
