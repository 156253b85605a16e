import MQTTProtocol
import Testing
import WestwindMQTT
import WestwindTestSupport

/// Numbers of a configuration that nobody can mean: `connect` and `start` refuse them, and none traps.
struct AbsurdValueTests {
  struct Mistake: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var name: String
    var make: @Sendable (inout MQTTAgentConfiguration) -> Void

    init(_ name: String, _ value: String, _ make: @escaping @Sendable (inout MQTTAgentConfiguration) -> Void) {
      testDescription = "\(name) \(value)"
      self.name = name
      self.make = make
    }
  }

  static let ofClient = [
    Mistake("limits.outgoing", "-1") { $0.client.limits.outgoing = -1 },
    Mistake("limits.outgoing", "65536") { $0.client.limits.outgoing = 65536 },
    Mistake("limits.incoming", ".min") { $0.client.limits.incoming = .min },
    Mistake("limits.incoming", "0") { $0.client.limits.incoming = 0 },
    Mistake("limits.incoming", "100000") { $0.client.limits.incoming = 100_000 },
    Mistake("limits.unannouncedReceiveMaximum", "-1") { $0.client.limits.unannouncedReceiveMaximum = -1 },
    Mistake("limits.outgoingAliases", "-1") { $0.client.limits.outgoingAliases = -1 },
    Mistake("limits.incomingAliases", "100000") { $0.client.limits.incomingAliases = 100_000 },
    Mistake("limits.aliasedTopicLength", "-1") { $0.client.limits.aliasedTopicLength = -1 },
    Mistake("bufferSize", "-1") { $0.client.bufferSize = -1 },
    Mistake("bufferSize", "0") { $0.client.bufferSize = 0 },
    Mistake("bufferSize", ".max") { $0.client.bufferSize = .max },
    Mistake("packetBufferSize", "-1") { $0.client.packetBufferSize = -1 },
    Mistake("packetBufferSize", ".max") { $0.client.packetBufferSize = .max },
    Mistake("maximumPacketSize", "0") { $0.client.maximumPacketSize = 0 },
    Mistake("maximumPacketSize", ".min") { $0.client.maximumPacketSize = .min },
  ]
  static let ofAgent = [
    Mistake("queueLimit", "-1") { $0.queueLimit = -1 },
    Mistake("queueBytesLimit", ".min") { $0.queueBytesLimit = .min },
    Mistake("maximumPayload", ".min") { $0.maximumPayload = .min },
    Mistake("reconnectMinimum", "negative") { $0.reconnectMinimum = .seconds(-1) },
    Mistake("reconnectMaximum", "negative") { $0.reconnectMaximum = .seconds(-1) },
  ]

  /// A configuration with the mistake, and what is said of it.
  private func named(_ error: MQTTError?) -> String? {
    switch error {
    case .invalidArgument(.outOfRange(let name, _, _)), .invalidArgument(.durationNegative(let name)): name
    default: nil
    }
  }

  @Test(arguments: ofClient) func `a client is not connected with it`(mistake: Mistake) {
    var configuration = MQTTAgentConfiguration(MQTTConfiguration(clientIdentifier: "c"))
    mistake.make(&configuration)
    let client = MQTTClient(configuration.client, transport: .tcp(host: "127.0.0.1", port: 1)) { _, _ in }
    let error = #expect(throws: MQTTError.self) { try client.connect(timeout: .seconds(1)) }
    #expect(named(error) == mistake.name)
    #expect(error?.description.contains(mistake.name) == true)
  }

  @Test(arguments: ofClient + ofAgent) func `an agent is not started with it`(mistake: Mistake) {
    var configuration = MQTTAgentConfiguration(MQTTConfiguration(clientIdentifier: "c"))
    mistake.make(&configuration)
    let agent = MQTTAgent(configuration, transport: .tcp(host: "127.0.0.1", port: 1)) { _ in }
    let error = #expect(throws: MQTTError.self) { try agent.start() }
    #expect(named(error) == mistake.name)
  }

  @Test func `delays that are as long as can be are taken`() throws {
    var configuration = MQTTAgentConfiguration(MQTTConfiguration(clientIdentifier: "c"))
    configuration.reconnectMinimum = .seconds(Int64.max)
    configuration.reconnectMaximum = .seconds(Int64.max)
    configuration.queueLimit = .max
    configuration.queueBytesLimit = .max
    configuration.maximumPayload = .max
    let agent = MQTTAgent(configuration, transport: .tcp(host: "127.0.0.1", port: 1)) { _ in }
    try agent.start()
    agent.stop(timeout: .immediate)
  }

  @Test func `a time for PINGRESP without end does not trap`() {
    var timer = KeepAliveTimer(seconds: 65535, pingTimeout: .max, at: .max - 1)
    #expect(timer.deadline == .max)
    timer = KeepAliveTimer(seconds: 10, pingTimeout: .max, at: 1000)
    #expect(timer.action(at: 1000) == .nothing)
  }
}
