extension Outcome {
  /// A line for each client.
  var table: String {
    let head = [item.title, item.isIdle ? "bytes" : "messages/s", item.isIdle ? "" : "ratio", "user ns", "system ns"]
    let lines = results.map { result in
      [
        "  " + result.client, rounded(result.bytes ?? result.rate), ratio(result).map { decimals($0, 2) } ?? "",
        rounded(result.userNanoseconds), rounded(result.systemNanoseconds),
      ]
    }
    return columns([head] + lines)
  }
}

/// All items: the raw socket's rate, and beside it ours, the minimal client's and the best peer's.
func summary(_ outcomes: [Outcome]) -> String {
  let head = ["workload", "raw", "westwind", "minimal C", "best peer", ""]
  let lines = outcomes.map { outcome in
    func cell(_ result: Result?) -> String {
      guard let result else { return "" }
      if outcome.item.isIdle { return rounded(result.bytes) + " B" }
      return outcome.ratio(result).map { decimals($0, 2) } ?? ""
    }
    return [
      outcome.item.title, rounded(outcome.result("raw")?.rate), cell(outcome.result(ourName)),
      cell(outcome.result("minimal")), cell(outcome.bestPeer), outcome.bestPeer?.client ?? "",
    ]
  }
  return columns([head] + lines)
}

/// Lines of columns; the first is flush left, the others right.
private func columns(_ lines: [[String]]) -> String {
  let widths = lines[0].indices.map { column in lines.map(\.[column].count).max() ?? 0 }
  let text = lines.map { line in
    line.indices.map { column in
      let space = String(repeating: " ", count: widths[column] - line[column].count)
      return column == 0 ? line[column] + space : space + line[column]
    }.joined(separator: "  ")
  }
  return text.joined(separator: "\n") + "\n"
}

func rounded(_ value: Double?) -> String {
  guard let value else { return "" }
  return value < 100 ? decimals(value, 1) : "\(Int(value.rounded()))"
}

func decimals(_ value: Double, _ places: Int) -> String {
  let scale = places == 1 ? 10 : 100
  let scaled = Int((value * Double(scale)).rounded())
  let fraction = "\(scaled % scale)"
  return "\(scaled / scale)." + String(repeating: "0", count: places - fraction.count) + fraction
}
