import MQTTProtocol

/// What the echo broker keeps of a client over its connections.
struct EchoSession {
  /// A message on its way to the client.
  struct Outgoing {
    var identifier: UInt16
    var message: EchoBroker.Message
    /// PUBREC has come: PUBREL is what is sent from now on.
    var isReleased = false
  }

  var subscriptions: [(filter: [UInt8], qos: QoS)] = []
  /// Messages of QoS 2 that were taken, and whose PUBREL has not come.
  var incoming: Set<UInt16> = []
  var outgoing: [Outgoing] = []
  /// Messages that have no identifier yet.
  var queue: [EchoBroker.Message] = []
  /// The connection that it belongs to; an older one that still reads is no longer served.
  var connection = 0
  private var lastIdentifier: UInt16 = 0

  /// The highest QoS of the subscriptions that a topic comes to; nil where there is none.
  func grantedQoS(_ topic: String) -> QoS? {
    let topic = Array(topic.utf8)
    return subscriptions.filter { subscription in
      guard let filter = try? TopicFilter(subscription.filter.span) else { return false }
      return filter.matches(topic.span)
    }.map(\.qos).max()
  }

  mutating func newIdentifier() -> UInt16 {
    repeat {
      lastIdentifier = lastIdentifier == .max ? 1 : lastIdentifier + 1
    } while outgoing.contains {
      $0.identifier == lastIdentifier
    }
    return lastIdentifier
  }
}

extension EchoBroker.State {
  /// Puts a message into the queue of each session that it comes to.
  mutating func route(_ message: EchoBroker.Message) {
    for name in Array(sessions.keys) {
      guard let granted = sessions[name]!.grantedQoS(message.topic) else { continue }
      var copy = message
      copy.qos = min(message.qos, granted)
      sessions[name]!.queue.append(copy)
    }
  }

  /// Takes a message from a publisher.
  mutating func accept(_ message: EchoBroker.Message) {
    accepted.append(message)
    route(message)
  }
}
