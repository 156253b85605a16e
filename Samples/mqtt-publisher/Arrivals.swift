import SampleSupport
import WestwindMQTT

/// The messages of bench's own that come back, each with a stamp at the beginning of its payload.
final class Arrivals {
  /// What this run's messages have in common, and nobody else's.
  let run = UInt64.random(in: 0 ... .max)
  private(set) var count = 0
  private(set) var times = Histogram()
  private var stamp = [UInt8](repeating: 0, count: Stamp.size)
  private var stampCount = 0
  private let buffer = ReceiveBuffer(size: Stamp.size)

  /// A message begins; called in the callback.
  func begin(_ client: MQTTClient) {
    stampCount = 0
    // What is wrong with the connection the next call says, too.
    try? read(client)
  }

  /// Reads on, as far as the payload has come.
  func read(_ client: MQTTClient) throws(MQTTError) {
    while client.payloadRemaining > 0, stampCount < Stamp.size {
      do throws(MQTTError) {
        let wanted = Stamp.size - stampCount
        let count = try buffer.fill { (out) throws(MQTTError) in try client.readPublishPayload(into: &out) }
        buffer.withBytes { bytes in
          for i in 0..<min(count, wanted) { stamp[stampCount + i] = bytes[byte: i] }
        }
        stampCount += min(count, wanted)
      } catch {
        if case .transport(.wouldBlock) = error { return }
        throw error
      }
      if stampCount == Stamp.size { take(Stamp(stamp)) }
    }
    try client.skipPublishPayload()
  }

  private func take(_ stamp: Stamp) {
    guard stamp.run == run else { return }
    count += 1
    times.record(monotonicNanoseconds() - stamp.time)
  }
}
