internal import SystemPackage
internal import WestwindConfiguration
public import WestwindSockets

/// An MQTT client that runs itself, on a thread of its own: it connects, connects again, subscribes again, and keeps
/// messages until they are delivered.
///
///     let agent = MQTTAgent(MQTTAgentConfiguration(client), transport: .webSocket(url: "ws://broker.example/mqtt")) {
///       if case .message(let message) = $0 { ... }
///     }
///     try agent.start()
///     try agent.subscribe("sensors/#")
///     try agent.publish(topic: "sensors/1", payload: bytes, qos: .atLeastOnce)
///     ...
///     agent.stop()
///
/// - Every method may be called from any thread. Those that wait may not be called from within the callback.
/// - Messages of QoS 1 and 2 wait for a connection, and for the broker's answer, in the store. With an `MQTTFileStore`
///   they outlive the process: a message whose `publish` has returned is delivered, at QoS 2 once, as long as the broker
///   keeps the session. Messages of QoS 0 wait in memory, and are lost with a connection that breaks while they leave.
/// - One that is let go stops without waiting.
public final class MQTTAgent: Sendable {
  let core: AgentCore

  /// - Parameters:
  ///   - configuration: who the client is, and how it goes about it.
  ///   - transport: how to reach the broker.
  ///   - store: where messages of QoS 1 and 2 are kept. By default they live as long as this agent.
  ///   - onEvent: called on the agent's thread, one at a time. What takes long holds up everything else.
  public init(
    _ configuration: MQTTAgentConfiguration, transport: MQTTTransport, store: any MQTTQueueStore = MQTTMemoryStore(),
    onEvent: @escaping @Sendable (MQTTAgentEvent) -> Void
  ) {
    core = AgentCore(configuration, transport: transport, store: store, onEvent: onEvent)
  }

  deinit {
    core.requestStop(until: .immediate)
  }

  /// Starts the thread, and takes up what the store remembers. It does not wait for a connection.
  ///
  /// - Throws: `invalidArgument`: a number of the configuration is out of its range. `store`: it cannot be read. `system`: no thread, no descriptor. `alreadyConnected`: it was started before.
  public func start() throws(MQTTError) {
    guard BuildConfiguration.MQTT_LIB else { throw .notSupported(symbol: "MQTT_LIB") }
    try core.configuration.check()
    try core.start()
  }

  /// Sends what waits, waits for the answers, disconnects, and ends the thread. Called from the callback it does not wait
  /// for all that.
  ///
  /// - Parameter timeout: how long it may take in all. What was not delivered then is told so, and stays in a store that
  ///   outlives the process.
  /// - Returns: whether everything was delivered.
  @discardableResult
  public func stop(timeout: Timeout = .seconds(10)) -> Bool {
    let deadline = Deadline(timeout)
    core.requestStop(until: deadline)
    guard !core.isOnThread else { return false }
    // the thread is not held up by more than its own deadlines
    return core.ended.wait(until: max(deadline, .now).adding(.seconds(5))) ?? false
  }

  /// Messages that wait to be sent.
  public var queued: Int { core.state.withLock { $0.queue.count } }
}
