import MQTTProtocol
import SampleSupport
import WestwindMQTT

/// Measures messages of QoS 0, from `publish` until they are back by a subscription to the same topic.
struct EchoedPhase {
  private let plan: BenchPlan
  private let session: Session
  private let counter: AnswerCounter

  init(_ plan: BenchPlan, _ session: Session, _ counter: AnswerCounter) {
    self.plan = plan
    self.session = session
    self.counter = counter
  }

  func run() throws(Failure) -> Histogram {
    let arrivals = Arrivals()
    counter.arrivals = arrivals
    try subscribe(arrivals)
    var payload = [UInt8](repeating: UInt8(ascii: "x"), count: max(plan.size, Stamp.size))
    var sent = 0
    while arrivals.count < plan.count {
      try session.call("message \(grouped(arrivals.count + 1)) was awaited") { () throws(MQTTError) in
        try session.client.gather { () throws(MQTTError) in
          try arrivals.read(session.client)
          try session.client.input()
          while sent < plan.count, sent - arrivals.count < plan.window {
            Stamp(run: arrivals.run, time: monotonicNanoseconds()).write(to: &payload)
            try session.client.publish(
              PublishPacket(topic: plan.topic.span, payloadLength: 0), payload: payload.span.bytes)
            sent += 1
          }
        }
      }
      if arrivals.count < plan.count {
        try session.waitForBroker("message \(grouped(arrivals.count + 1)) was to come back by bench's subscription")
      }
    }
    return arrivals.times
  }

  private func subscribe(_ arrivals: Arrivals) throws(Failure) {
    let topic = String(decoding: plan.topic, as: UTF8.self)
    try session.call("subscribing") { () throws(MQTTError) in
      _ = try session.client.subscribe(topic, qos: .atMostOnce)
    }
    while counter.subscriptions.isEmpty {
      try session.waitForBroker("the answer to SUBSCRIBE was awaited")
      // the beginning of a message that the broker had kept
      try session.call("subscribing") { () throws(MQTTError) in try arrivals.read(session.client) }
      try session.input()
    }
    let code = ReasonCode(rawValue: counter.subscriptions[0])
    guard !code.isError else {
      throw .network(
        "the broker refuses a subscription to '\(topic)': \(code.text); measure the rate alone, --no-latency")
    }
  }
}
