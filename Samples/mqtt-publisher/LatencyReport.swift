import MQTTProtocol
import SampleSupport

/// The latencies as lines for a terminal of 80 columns.
func latencyReport(_ times: Histogram, of plan: BenchPlan) -> String {
  let way =
    switch plan.qos {
    case .atMostOnce: "until it was back"
    case .atLeastOnce: "to its PUBACK"
    case .exactlyOnce: "to its PUBCOMP"
    }
  let places = [("min", 0.0), ("p50", 50), ("p90", 90), ("p99", 99), ("p99.9", 99.9), ("max", 100)]
  let line = places.map { name, percent in "\(name) \(time(nanoseconds: times.percentile(percent)))" }
  return """
    latency: \(grouped(times.count)) messages, \(grouped(plan.window)) under way at most, each \(way)
      \(line.joined(separator: "  "))
    \(times.drawnLogarithmically().joined(separator: "\n"))

    """
}
