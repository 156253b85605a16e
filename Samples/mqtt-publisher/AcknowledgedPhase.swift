import MQTTProtocol
import SampleSupport
import WestwindMQTT

/// Publishes messages of QoS 1 and 2, as many at a time as may be under way, until the last is acknowledged.
struct AcknowledgedPhase {
  private let plan: BenchPlan
  private let session: Session
  private let counter: AnswerCounter
  private let payload: [UInt8]

  init(_ plan: BenchPlan, _ session: Session, _ counter: AnswerCounter) {
    self.plan = plan
    self.session = session
    self.counter = counter
    payload = Array(repeating: UInt8(ascii: "x"), count: plan.size)
  }

  /// The latencies, from `publish` to each last acknowledgement.
  func measure() throws(Failure) -> Histogram {
    try run(measuring: true)
    return counter.times
  }

  /// How often it looks for answers before it sleeps until one comes: putting a processor to sleep and waking it takes
  /// longer than most brokers take for a window of messages.
  private static let looks = 200

  /// Lets answers gather where they come one by one: a broker that is read after each of them sends each in a segment
  /// of its own, acknowledged by another, and works half as much again for it. Other programs may run meanwhile.
  private func leaveAlone() {
    let end = monotonicNanoseconds() + 50_000
    repeat { yieldProcessor() } while monotonicNanoseconds() < end
  }

  /// - Parameter measuring: off, the loop reads no clock but to let answers gather.
  func run(measuring: Bool) throws(Failure) {
    counter.begin(measuring: measuring)
    var sent = 0
    var looks = 0
    while counter.done < plan.count {
      let done = counter.done
      try session.call("message \(grouped(counter.done + 1)) was on its way") { () throws(MQTTError) in
        try session.client.gather { () throws(MQTTError) in
          let packet = PublishPacket(topic: plan.topic.span, qos: plan.qos, payloadLength: plan.size)
          try session.client.input()
          while sent < plan.count, session.client.canPublish {
            let now = measuring ? monotonicNanoseconds() : 0
            let identifier = try session.client.publish(packet, payload: payload.span.bytes)
            if measuring { counter.noteDeparture(identifier, at: now) }
            sent += 1
          }
        }
      }
      let answers = counter.done - done
      looks = answers > 0 ? 0 : looks + 1
      guard counter.done < plan.count else { break }
      if answers > 0, answers < plan.window / 4 { leaveAlone() }
      if looks < Self.looks {
        // where the broker has no other processor, it gets this one
        yieldProcessor()
      } else {
        try session.waitForBroker("the answer to message \(grouped(counter.done + 1)) was awaited")
        looks = 0
      }
    }
    try counter.check(of: plan.count)
  }
}
