public import MQTTProtocol
public import WestwindSockets

extension MQTTAgent {
  /// Subscribes to topic filters, now and after each reconnect to a broker that has lost the session.
  ///
  /// - Parameters:
  ///   - subscriptions: filters and options.
  ///   - properties: of MQTT 5.0, for all of them.
  ///   - completion: called on the agent's thread, once, with a reason code for each.
  /// - Throws: `notRunning`.
  public func subscribe(
    _ subscriptions: [MQTTSubscription], properties: MQTTProperties = MQTTProperties(),
    completion: @escaping @Sendable (Result<[ReasonCode], MQTTAgentError>) -> Void
  ) throws(MQTTAgentError) {
    try core.enqueue(Request(kind: .subscribe(subscriptions, properties), completion: completion))
  }

  /// Subscribes to topic filters and waits for the answer.
  ///
  /// - Returns: a reason code for each: the QoS granted, or an error.
  /// - Throws: `timedOut`: it stays asked for.
  @discardableResult
  public func subscribe(
    _ subscriptions: [MQTTSubscription], properties: MQTTProperties = MQTTProperties(),
    timeout: Timeout = .seconds(30)
  ) throws(MQTTAgentError) -> [ReasonCode] {
    try wait(timeout) { (completion) throws(MQTTAgentError) in
      try subscribe(subscriptions, properties: properties, completion: completion)
    }
  }

  /// Subscribes to one topic filter and waits for the answer.
  @discardableResult
  public func subscribe(
    _ filter: String, qos: QoS = .exactlyOnce, timeout: Timeout = .seconds(30)
  ) throws(MQTTAgentError) -> ReasonCode {
    try subscribe([MQTTSubscription(filter, qos: qos)], timeout: timeout).first ?? .unspecifiedError
  }

  /// Ends subscriptions.
  ///
  /// - Parameters:
  ///   - filters: as they were subscribed to.
  ///   - properties: of MQTT 5.0.
  ///   - completion: called on the agent's thread, once, with a reason code for each; with none in 3.1.1.
  public func unsubscribe(
    _ filters: [String], properties: MQTTProperties = MQTTProperties(),
    completion: @escaping @Sendable (Result<[ReasonCode], MQTTAgentError>) -> Void
  ) throws(MQTTAgentError) {
    try core.enqueue(Request(kind: .unsubscribe(filters, properties), completion: completion))
  }

  /// Ends subscriptions and waits for the answer.
  @discardableResult
  public func unsubscribe(
    _ filters: [String], properties: MQTTProperties = MQTTProperties(), timeout: Timeout = .seconds(30)
  ) throws(MQTTAgentError) -> [ReasonCode] {
    try wait(timeout) { (completion) throws(MQTTAgentError) in
      try unsubscribe(filters, properties: properties, completion: completion)
    }
  }

  private func wait(
    _ timeout: Timeout,
    _ ask: (@escaping @Sendable (Result<[ReasonCode], MQTTAgentError>) -> Void) throws(MQTTAgentError) -> Void
  ) throws(MQTTAgentError) -> [ReasonCode] {
    guard !core.isOnThread else { throw .insideCallback }
    let outcome = LateValue<Result<[ReasonCode], MQTTAgentError>>()
    try ask { outcome.give($0) }
    guard let result = outcome.wait(until: Deadline(timeout)) else { throw .timedOut }
    return try result.get()
  }
}
