import Glibc
import MQTTProtocol
import Synchronization
import WestwindMQTT
import WestwindSockets
import WestwindTestSupport

/// What an agent told, for a test to look at and to wait for.
final class AgentLog: Sendable {
  private struct State {
    var events: [MQTTAgentEvent] = []
    var results: [Result<ReasonCode, MQTTAgentError>] = []
  }

  private let state = Mutex(State())

  func note(_ event: MQTTAgentEvent) { state.withLock { $0.events.append(event) } }

  func note(_ result: Result<ReasonCode, MQTTAgentError>) { state.withLock { $0.results.append(result) } }

  var events: [MQTTAgentEvent] { state.withLock { $0.events } }

  var results: [Result<ReasonCode, MQTTAgentError>] { state.withLock { $0.results } }

  var messages: [MQTTMessage] {
    events.compactMap { if case .message(let message) = $0 { message } else { nil } }
  }

  var connections: Int {
    events.count { if case .connected = $0 { true } else { false } }
  }

  var isStopped: Bool {
    events.contains { if case .stopped = $0 { true } else { false } }
  }

  /// Waits until it holds, for half a minute at most.
  ///
  /// - Returns: whether it does.
  func wait(until isDone: (AgentLog) -> Bool) -> Bool {
    let end = Deadline(.seconds(30))
    while !isDone(self) {
      guard !end.hasPassed else { return false }
      usleep(2000)
    }
    return true
  }
}

/// An agent's configuration for tests: a session that is kept, and short delays.
func agentConfiguration(_ version: MQTTVersion, _ identifier: String = "agent") -> MQTTAgentConfiguration {
  var client = MQTTConfiguration(clientIdentifier: identifier)
  client.version = version
  client.isCleanStart = false
  if version == .mqtt5 { client.sessionExpiryInterval = 3600 }
  var configuration = MQTTAgentConfiguration(client)
  configuration.reconnectMinimum = .milliseconds(5)
  configuration.reconnectMaximum = .milliseconds(20)
  return configuration
}

func startedAgent(
  _ configuration: MQTTAgentConfiguration, _ url: String, store: any MQTTQueueStore = MQTTMemoryStore(), _ log: AgentLog
) throws -> MQTTAgent {
  let agent = MQTTAgent(configuration, transport: MQTTTransport(url: try MQTTURL(url)), store: store) { log.note($0) }
  try agent.start()
  return agent
}

/// A number as a payload, and back.
func payload(_ number: Int) -> [UInt8] { Array("\(number)".utf8) }
func number(_ payload: [UInt8]) -> Int? { Int(String(decoding: payload, as: UTF8.self)) }
