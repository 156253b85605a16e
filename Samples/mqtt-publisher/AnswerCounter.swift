import MQTTProtocol
import SampleSupport
import WestwindMQTT

/// Counts what the broker has answered, and measures how long it took. It allocates nothing for a message.
final class AnswerCounter {
  /// Messages of QoS 1 and 2 that were answered to the end.
  private(set) var done = 0
  /// Those of them that the broker refused, and why it refused the last.
  private(set) var refused = 0
  private(set) var refusal = ReasonCode.success
  private var isMeasuring = false
  /// When the message with each packet identifier left, in nanoseconds; empty where nothing is measured.
  private var departures: [UInt64] = []
  private(set) var times = Histogram()
  private let window: Int
  /// The messages that come, where there is a subscription.
  var arrivals: Arrivals?
  private(set) var subscriptions: [UInt8] = []

  /// - Parameter window: the greatest packet identifier.
  init(window: Int) {
    self.window = window
  }

  /// Counts from 0 again.
  func begin(measuring: Bool) {
    done = 0
    isMeasuring = measuring
    departures = measuring ? Array(repeating: 0, count: window + 1) : []
  }

  /// A message leaves.
  func noteDeparture(_ identifier: UInt16, at time: UInt64) {
    departures[Int(identifier)] = time
  }

  func take(_ event: borrowing MQTTEvent, _ client: MQTTClient) {
    switch event {
    case .pubAck(let packet), .pubComp(let packet): finish(packet.identifier, packet.reasonCode)
    // [MQTT-4.3.3-4]: a PUBREC that refuses is the end of the message
    case .pubRec(let packet): if packet.reasonCode.isError { finish(packet.identifier, packet.reasonCode) }
    case .subAck(let packet): for i in 0..<packet.reasonCodes.count { subscriptions.append(packet.reasonCodes[i]) }
    case .publish: arrivals?.begin(client)
    default: break
    }
  }

  private func finish(_ identifier: UInt16, _ reasonCode: ReasonCode) {
    done += 1
    if reasonCode.isError {
      refused += 1
      refusal = reasonCode
    }
    if isMeasuring { times.record(monotonicNanoseconds() - departures[Int(identifier)]) }
  }

  /// Throws where the broker has refused messages.
  func check(of count: Int) throws(Failure) {
    guard refused == 0 else {
      throw .network("the broker refused \(grouped(refused)) of \(grouped(count)) messages: \(refusal.text)")
    }
  }
}
