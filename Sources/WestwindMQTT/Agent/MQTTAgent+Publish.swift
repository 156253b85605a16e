public import MQTTProtocol
public import WestwindSockets

extension MQTTAgent {
  /// Puts a message in the queue. At QoS 1 and 2 it is in the store when this returns.
  ///
  /// - Parameters:
  ///   - topic: the topic name.
  ///   - payload: 0 bytes or more.
  ///   - qos: how surely it is to arrive.
  ///   - isRetained: the broker keeps it for those who subscribe later.
  ///   - properties: of MQTT 5.0.
  ///   - completion: called on the agent's thread, once: at QoS 0 when the message has been sent, otherwise when the
  ///     broker has answered to the end. The reason code may be an error that the broker told. Not called where this
  ///     throws.
  /// - Throws: `queueFull`, `invalidArgument`, `store`, `notRunning`.
  public func publish(
    topic: String, payload: [UInt8], qos: QoS = .atLeastOnce, isRetained: Bool = false,
    properties: MQTTProperties = MQTTProperties(),
    completion: (@Sendable (Result<ReasonCode, MQTTAgentError>) -> Void)? = nil
  ) throws(MQTTAgentError) {
    // stands for an identifier, which the session gives when the message leaves
    let packet = PublishPacket(
      topic: topic.utf8Span.span, qos: qos, identifier: qos == .atMostOnce ? 0 : 1, isRetained: isRetained,
      properties: properties.list, payloadLength: payload.count)
    let rules = PacketRules(version: core.configuration.client.version, sender: .client)
    var bytes: [UInt8] = []
    do throws(PacketEncodingError) {
      try bytes.append(addingCapacity: packet.packetLength(rules.version)) { (out) throws(PacketEncodingError) in
        try packet.encode(into: &out, under: rules)
        out.append(payload.span)
      }
    } catch {
      throw .invalidArgument(.packet(error))
    }
    try core.enqueue(bytes, qos, completion)
  }

  /// Publishes a message and waits until it has been delivered.
  ///
  /// - Parameters:
  ///   - topic: the topic name.
  ///   - payload: 0 bytes or more.
  ///   - qos: how surely it is to arrive.
  ///   - isRetained: the broker keeps it for those who subscribe later.
  ///   - properties: of MQTT 5.0.
  ///   - timeout: how long that may take in all.
  /// - Returns: the broker's reason code; success at QoS 0.
  /// - Throws: `timedOut`: it stays in the queue, and may still be delivered. Otherwise as the form with a completion.
  @discardableResult
  public func publish(
    topic: String, payload: [UInt8], qos: QoS = .atLeastOnce, isRetained: Bool = false,
    properties: MQTTProperties = MQTTProperties(), timeout: Timeout
  ) throws(MQTTAgentError) -> ReasonCode {
    guard !core.isOnThread else { throw .insideCallback }
    let outcome = LateValue<Result<ReasonCode, MQTTAgentError>>()
    try publish(topic: topic, payload: payload, qos: qos, isRetained: isRetained, properties: properties) {
      outcome.give($0)
    }
    guard let result = outcome.wait(until: Deadline(timeout)) else { throw .timedOut }
    return try result.get()
  }
}
