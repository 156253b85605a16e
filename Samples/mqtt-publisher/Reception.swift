import MQTTProtocol
import SampleSupport
import WestwindMQTT

/// Takes messages and writes them to standard output, up to their number or a signal.
struct Reception {
  private let session: Session
  private let receiver: Receiver
  private let topics: [String]
  private let stop: StopSignals

  init(_ session: Session, _ receiver: Receiver, topics: [String], stop: StopSignals) {
    self.session = session
    self.receiver = receiver
    self.topics = topics
    self.stop = stop
  }

  func run() throws(Failure) {
    var isSubscribed = false
    while !receiver.isComplete {
      let ready = pollForInput(
        try session.number(while: "messages were awaited"), and: stop.number,
        milliseconds: isSubscribed ? -1 : session.milliseconds)
      if ready.second { return session.note("told to stop") }
      guard ready.first || isSubscribed else { throw session.silence(while: "the answer to SUBSCRIBE was awaited") }
      if session.client.payloadRemaining > 0 {
        try session.call("a payload was on its way") { () throws(MQTTError) in
          try session.client.gather { () throws(MQTTError) in
            try receiver.read(session.client)
            receiver.write()
          }
        }
      } else if ready.first {
        try session.input()
      }
      if let failure = receiver.failure { throw failure }
      if !isSubscribed, !receiver.answers.isEmpty {
        try checkSubscriptions()
        isSubscribed = true
      }
    }
  }

  private func checkSubscriptions() throws(Failure) {
    for (topic, answer) in zip(topics, receiver.answers) {
      let code = ReasonCode(rawValue: answer)
      guard !code.isError else {
        throw .network(
          "the broker refuses the subscription to '\(topic)', \(code.text): check your rights and the topic")
      }
      session.note("subscribed to \(topic), QoS \(code.rawValue)")
    }
  }
}
