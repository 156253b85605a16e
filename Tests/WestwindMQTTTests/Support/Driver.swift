import MQTTProtocol
import Westwind
import WestwindMQTT
import WestwindSockets
import WestwindTestSupport

/// Runs a client on the thread of its test, by `poll` and `input`, and keeps what it tells.
final class Driver {
  /// Long enough for anything on a busy machine: a test that waits as long has failed.
  static let patience = Duration.seconds(60)

  let client: MQTTClient
  let inbox: Inbox
  /// Bytes that are read of a payload at once.
  private let piece: Int

  init(
    _ configuration: MQTTConfiguration, _ transport: MQTTTransport, store: any MQTTStore = MQTTMemoryStore(),
    piece: Int = 1 << 16
  ) {
    let inbox = Inbox()
    self.inbox = inbox
    self.piece = piece
    client = MQTTClient(configuration, transport: transport, store: store) { inbox.take($0, $1) }
  }

  /// Connects, and waits for a CONNACK that accepts.
  @discardableResult
  func connect() throws -> Inbox.ConnAck {
    inbox.connAck = nil
    try client.connect(timeout: .seconds(30))
    try run("CONNACK") { inbox.connAck != nil }
    guard let connAck = inbox.connAck, connAck.reasonCode == .success else {
      throw TestSupportError("CONNACK: \(inbox.connAck.debugDescription)")
    }
    return connAck
  }

  /// Drives the client until something is so.
  func run(_ what: @autoclosure () -> String, timeout: Duration = patience, until isSo: () -> Bool) throws {
    let deadline = ContinuousClock.now + timeout
    while !isSo() {
      guard .now < deadline else {
        // What has come without the descriptor polling readable is a fault of ours, not of the broker's.
        try client.input()
        throw TestSupportError("no \(what()) in time\(isSo() ? ", but unseen by poll" : "")")
      }
      try step(timeout: deadline - .now)
    }
  }

  /// Drives the client for a time.
  func run(for duration: Duration) throws {
    let deadline = ContinuousClock.now + duration
    while .now < deadline { try step(timeout: deadline - .now) }
  }

  /// Waits for something to come, and takes it.
  func step(timeout: Duration) throws {
    guard let descriptor = client.descriptor else { throw TestSupportError("the connection is over: \(inbox.ends)") }
    guard try !descriptor.poll(for: .readable, timeout: Timeout(timeout)).isEmpty else { return }
    do {
      try client.input()
      try readPayload()
    } catch {
      // a message that was cut in its payload is none
      if let last = inbox.messages.last, last.payload.count < last.length { inbox.messages.removeLast() }
      throw error
    }
  }

  private func readPayload() throws {
    while client.payloadRemaining > 0 {
      let bytes = try client.readPiece(piece, timeout: Timeout(Self.patience))
      inbox.messages[inbox.messages.count - 1].payload += bytes
    }
  }

  /// Subscribes, and waits for the answer.
  @discardableResult
  func subscribe(_ filter: String, qos: QoS = .exactlyOnce, properties: MQTTProperties = MQTTProperties()) throws
    -> UInt8
  {
    try subscribe(MQTTSubscription(filter, qos: qos), properties: properties)
  }

  @discardableResult
  func subscribe(_ subscription: MQTTSubscription, properties: MQTTProperties = MQTTProperties()) throws -> UInt8 {
    let identifier = try client.subscribe([subscription], properties: properties)
    try run("SUBACK") { inbox.subAcks[identifier] != nil }
    return inbox.subAcks[identifier]?.first ?? 0x80
  }

  /// Publishes, and waits for the answer that the QoS has.
  ///
  /// - Returns: the answer's reason code.
  @discardableResult
  func publish(
    _ topic: String, _ payload: [UInt8], qos: QoS = .atMostOnce, isRetained: Bool = false,
    properties: MQTTProperties = MQTTProperties()
  ) throws -> ReasonCode {
    if qos != .atMostOnce { try run("room to publish") { client.canPublish } }
    let identifier = try client.publish(
      topic: topic, payload: payload, qos: qos, isRetained: isRetained, properties: properties)
    switch qos {
    case .atMostOnce: return .success
    case .atLeastOnce:
      inbox.pubAcks[identifier] = nil
      try run("PUBACK") { inbox.pubAcks[identifier] != nil }
      return inbox.pubAcks[identifier]!
    case .exactlyOnce:
      inbox.pubComps[identifier] = nil
      inbox.pubRecs[identifier] = nil
      try run("PUBCOMP") { inbox.pubComps[identifier] != nil || inbox.pubRecs[identifier]?.isError == true }
      return inbox.pubComps[identifier] ?? inbox.pubRecs[identifier]!
    }
  }

  /// Waits until so many messages have come with all of their payload, and takes them.
  func messages(_ count: Int, timeout: Duration = patience) throws -> [Inbox.Message] {
    try run("\(count) messages, but \(inbox.messages.count),", timeout: timeout) {
      inbox.messages.count >= count && client.payloadRemaining == 0
    }
    defer { inbox.messages.removeFirst(count) }
    return Array(inbox.messages.prefix(count))
  }

  /// Waits until the broker has dealt with all that was sent.
  func settle() throws {
    let count = inbox.pingResponses
    try client.ping()
    try run("PINGRESP") { inbox.pingResponses > count }
  }

  func disconnect() throws {
    try client.disconnect(timeout: .seconds(10))
  }
}

extension MQTTClient {
  /// Reads a piece of the payload of the message that was delivered last.
  func readPiece(_ count: Int, timeout: Timeout) throws(MQTTError) -> [UInt8] {
    var failure: MQTTError?
    let piece = [UInt8](unsafeUninitializedCapacity: count) { buffer, count in
      var output = OutputRawSpan(buffer: UnsafeMutableRawBufferPointer(buffer), initializedCount: 0)
      do throws(MQTTError) { count = try readPublishPayload(into: &output, timeout: timeout) } catch { failure = error }
    }
    if let failure { throw failure }
    return piece
  }
}
