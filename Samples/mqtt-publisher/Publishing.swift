import MQTTProtocol
import SampleSupport
import WestwindMQTT

/// Publishes messages to one topic, as many at a time as the broker takes, and gathers those that wait into few writes.
struct Publishing {
  private let session: Session
  private let counter: AnswerCounter
  private let topic: [UInt8]
  private let qos: QoS
  private let isRetained: Bool
  private let properties: MQTTProperties
  private var sent = 0

  init(
    _ session: Session, _ counter: AnswerCounter, topic: [UInt8], qos: QoS, isRetained: Bool,
    properties: MQTTProperties
  ) {
    self.session = session
    self.counter = counter
    self.topic = topic
    self.qos = qos
    self.isRetained = isRetained
    self.properties = properties
    counter.begin(measuring: false)
  }

  private var mayPublish: Bool { qos == .atMostOnce || session.client.canPublish }

  private var task: String { "message \(grouped(sent + 1)) was on its way" }

  /// Publishes a message some times.
  mutating func publish(_ payload: [UInt8], count: Int) throws(Failure) {
    let end = sent + count
    while sent < end {
      try waitForRoom()
      // now and then it looks for what the broker says
      let batchEnd = min(end, sent + 1024)
      var sent = sent
      try session.call(task) { () throws(MQTTError) in
        try session.client.gather { () throws(MQTTError) in
          try session.client.input()
          while sent < batchEnd, mayPublish {
            try publish(payload.span)
            sent += 1
          }
        }
      }
      self.sent = sent
    }
  }

  /// Publishes a file some times.
  mutating func publish(_ file: PayloadFile, count: Int) throws(Failure) {
    for _ in 0..<count {
      try waitForRoom()
      try session.call(task) { () throws(MQTTError) in
        let packet = PublishPacket(
          topic: topic.span, qos: qos, isRetained: isRetained, properties: properties.list, payloadLength: file.size)
        _ = try session.client.publish(packet) { offset, out in try file.read(from: offset, into: &out) }
      }
      sent += 1
      try session.input()
    }
  }

  /// Publishes each line of standard input, up to its end.
  mutating func publishLines() throws(Failure) {
    var input = LineInput()
    while true {
      try publishLines(in: &input)
      if input.isAtEnd { return }
      let broker = try session.number(while: task)
      // While lines wait for acknowledgements no more are read.
      let isHeldUp = input.hasLine
      let ready = pollForInput(
        broker, and: isHeldUp ? -1 : LineInput.number, milliseconds: isHeldUp ? session.milliseconds : -1)
      if isHeldUp, !ready.first { throw session.silence(while: task) }
      if ready.first { try session.input() }
      if ready.second { try input.read() }
    }
  }

  private mutating func publishLines(in input: inout LineInput) throws(Failure) {
    guard input.hasLine else { return }
    var sent = sent
    try session.call(task) { () throws(MQTTError) in
      try session.client.gather { () throws(MQTTError) in
        while mayPublish, let line = input.takeLine() {
          try publish(input.bytes.span.extracting(line))
          sent += 1
        }
      }
    }
    self.sent = sent
  }

  private func publish(_ payload: borrowing Span<UInt8>) throws(MQTTError) {
    _ = try session.client.publish(
      PublishPacket(
        topic: topic.span, qos: qos, isRetained: isRetained, properties: properties.list, payloadLength: 0),
      payload: payload.bytes)
  }

  private func waitForRoom() throws(Failure) {
    while !mayPublish {
      try session.waitForBroker("the answer to message \(grouped(counter.done + 1)) was awaited")
      try session.input()
    }
  }

  /// Returns when the broker has all of it; throws where it refused some.
  func finish() throws(Failure) {
    if qos == .atMostOnce { try session.confirm() }
    while qos != .atMostOnce, counter.done < sent {
      try session.waitForBroker("the answer to message \(grouped(counter.done + 1)) was awaited")
      try session.input()
    }
    session.note("published \(grouped(sent)) \(sent == 1 ? "message" : "messages")")
    try counter.check(of: sent)
  }
}
