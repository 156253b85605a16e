import MQTTProtocol
import SampleSupport

/// What a phase of bench publishes.
struct BenchPlan {
  var topic: [UInt8]
  var qos: QoS
  var count: Int
  /// Bytes of payload.
  var size: Int
  /// Messages under way at most.
  var window: Int

  /// The first line is for programs, too: its number stands by itself.
  func report(nanoseconds: UInt64) -> String {
    let duration = Double(max(1, nanoseconds)) / 1e9
    let rate = Double(count) / duration
    let bytes = byteCount(rate * Double(size))
    return """
      rate: \(fixed(rate, digits: 0)) messages/s
        \(grouped(count)) messages of \(grouped(size)) bytes at QoS \(qos.rawValue) in \(time(nanoseconds: nanoseconds)), \
      \(bytes)/s of payload

      """
  }
}
