import MQTT
import MQTTProtocol
import SampleSupport

/// Publishes as fast as it goes. The loops allocate nothing, and read no clock.
struct RatePhase {
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

  /// - Returns: nanoseconds from the first message until the broker has them all.
  func run() throws(Failure) -> UInt64 {
    counter.begin(measuring: false)
    let start = monotonicNanoseconds()
    if plan.qos == .atMostOnce { try runUnanswered() } else { try runAnswered() }
    let duration = monotonicNanoseconds() - start
    try counter.check(of: plan.count)
    return duration
  }

  /// QoS 0: only a full socket holds it up.
  private func runUnanswered() throws(Failure) {
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

  private func runAnswered() throws(Failure) {
    var sent = 0
    while counter.done < plan.count {
      try session.call("message \(grouped(counter.done + 1)) was on its way") { () throws(MQTTError) in
        try session.client.gather { () throws(MQTTError) in
          let packet = PublishPacket(topic: plan.topic.span, qos: plan.qos, payloadLength: plan.size)
          try session.client.input()
          while sent < plan.count, session.client.canPublish {
            try session.client.publish(packet, payload: payload.span.bytes)
            sent += 1
          }
        }
      }
      if counter.done < plan.count {
        try session.waitForBroker("the answer to message \(grouped(counter.done + 1)) was awaited")
      }
    }
  }
}
