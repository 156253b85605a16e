import MQTTProtocol
import SampleSupport
import WestwindMQTT

/// Publishes as fast as it goes. The loops allocate nothing, and read no clock.
struct RatePhase {
  private let plan: BenchPlan
  private let session: Session
  private let counter: AnswerCounter

  init(_ plan: BenchPlan, _ session: Session, _ counter: AnswerCounter) {
    self.plan = plan
    self.session = session
    self.counter = counter
  }

  /// - Returns: nanoseconds from the first message until the broker has them all.
  func run() throws(Failure) -> UInt64 {
    guard plan.qos == .atMostOnce else {
      let phase = AcknowledgedPhase(plan, session, counter)
      let start = monotonicNanoseconds()
      try phase.run(measuring: false)
      return monotonicNanoseconds() - start
    }
    let payload = [UInt8](repeating: UInt8(ascii: "x"), count: plan.size)
    let start = monotonicNanoseconds()
    try publishUnanswered(payload)
    return monotonicNanoseconds() - start
  }

  /// QoS 0: only a full socket holds it up.
  private func publishUnanswered(_ payload: [UInt8]) throws(Failure) {
    // Now and then it looks for what the broker says, a DISCONNECT say.
    let batch = max(1, min(8192, (4 << 20) / (plan.size + 1)))
    var sent = 0
    while sent < plan.count {
      let end = min(plan.count, sent + batch)
      try session.call("message \(grouped(sent + 1)) was on its way") { () throws(MQTTError) in
        try session.client.gather { () throws(MQTTError) in
          let packet = PublishPacket(topic: plan.topic.span, qos: plan.qos, payloadLength: plan.size)
          try session.client.input()
          while sent < end {
            try session.client.publish(packet, payload: payload.span.bytes)
            sent += 1
          }
        }
      }
    }
    try session.confirm()
  }
}
