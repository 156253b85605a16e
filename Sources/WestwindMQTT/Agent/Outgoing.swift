internal import MQTTProtocol

/// How a message's sender learns what became of it.
typealias Completion = @Sendable (Result<ReasonCode, MQTTAgentError>) -> Void

/// A message that waits to be sent.
struct Waiting: Sendable {
  let number: UInt64
  /// PUBLISH whole; its identifier says nothing.
  let packet: [UInt8]
  let qos: QoS
  let completion: Completion?
}

/// SUBSCRIBE or UNSUBSCRIBE that waits to be sent, or for its answer.
struct Request: Sendable {
  enum Kind: Sendable {
    case subscribe([MQTTSubscription], MQTTProperties)
    case unsubscribe([String], MQTTProperties)
  }

  let kind: Kind
  let completion: @Sendable (Result<[ReasonCode], MQTTAgentError>) -> Void
}

/// Messages in their order, in a ring.
struct WaitingQueue {
  private var entries: [Waiting?] = []
  private var start = 0
  private(set) var count = 0
  private(set) var bytes = 0

  mutating func append(_ message: Waiting) {
    if count == entries.count { grow() }
    entries[(start + count) % entries.count] = message
    count += 1
    bytes += message.packet.count
  }

  mutating func popFirst() -> Waiting? {
    guard count > 0, let message = entries[start] else { return nil }
    entries[start] = nil
    start = (start + 1) % entries.count
    count -= 1
    bytes -= message.packet.count
    return message
  }

  private mutating func grow() {
    var larger: [Waiting?] = []
    larger.reserveCapacity(max(16, entries.count * 2))
    for i in 0..<count { larger.append(entries[(start + i) % entries.count]) }
    while larger.count < larger.capacity { larger.append(nil) }
    entries = larger
    start = 0
  }
}
