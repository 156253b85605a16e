/// Bars of the ratio to the raw socket: ours, and the best peer's below it.
struct Chart {
  private let outcomes: [Outcome]

  private static let left = 190.0
  private static let unit = 420.0
  private static let height = 46.0
  private static let top = 58.0
  private static let most = 1.3

  init(_ outcomes: [Outcome]) {
    self.outcomes = outcomes.filter { !$0.item.isIdle && !$0.item.isSecure && $0.result("raw")?.rate != nil }
  }

  var svg: String {
    let height = Self.top + Double(outcomes.count) * Self.height + 24
    let width = Self.left + Self.unit * Self.most + 130
    let rows = outcomes.enumerated().map { row($1, y: Self.top + Double($0) * Self.height) }
    let raw = x(1)
    return """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(number(width)) \(number(height))" \
      font-family="system-ui, sans-serif" font-size="13">
      <rect width="100%" height="100%" fill="#ffffff"/>
      <text x="16" y="24" font-size="16" font-weight="600" fill="#1a2333">Messages a second, beside the raw socket</text>
      <text x="\(number(raw))" y="46" text-anchor="middle" fill="#5b6577">raw socket</text>
      <line x1="\(number(raw))" y1="52" x2="\(number(raw))" y2="\(number(height - 16))" stroke="#9aa3b2" \
      stroke-dasharray="4 3"/>
      \(rows.joined(separator: "\n"))
      </svg>

      """
  }

  private func row(_ outcome: Outcome, y: Double) -> String {
    """
    <text x="\(number(Self.left - 12))" y="\(number(y + 23))" text-anchor="end" fill="#1a2333">\(outcome.item.title)</text>
    \(bar(outcome, outcome.result(ourName), y: y + 4, color: "#0f6fde", weight: 600))
    \(bar(outcome, outcome.bestPeer, y: y + 21, color: "#b9c3d3", weight: 400))
    """
  }

  private func bar(_ outcome: Outcome, _ result: Result?, y: Double, color: String, weight: Int) -> String {
    guard let result, let ratio = outcome.ratio(result) else { return "" }
    let end = x(min(ratio, Self.most))
    return """
      <rect x="\(number(Self.left))" y="\(number(y))" width="\(number(end - Self.left))" height="14" rx="2" \
      fill="\(color)"/><text x="\(number(end + 6))" y="\(number(y + 11.5))" font-size="11.5" font-weight="\(weight)" \
      fill="#1a2333">\(decimals(ratio, 2)) \(result.client)</text>
      """
  }

  private func x(_ ratio: Double) -> Double { Self.left + ratio * Self.unit }
  private func number(_ value: Double) -> String { decimals(value, 1) }
}
