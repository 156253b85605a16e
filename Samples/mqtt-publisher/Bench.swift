import ArgumentParser
import MQTTProtocol
import SampleSupport
import WestwindMQTT

/// `bench`: how many messages a second the broker takes, and how long one is on its way.
struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure the rate and the latency of publishing.",
    discussion: """
      First it publishes --count messages as fast as they go, gathered into few writes, and prints the rate: up to the \
      broker's last acknowledgement, at QoS 0 up to its answer to a PINGREQ behind the last message. Then it publishes \
      --latency-count more and measures each: at QoS 1 and 2 up to its last acknowledgement, at QoS 0 until it is back \
      by a subscription of bench's own. At most --window messages are under way in either (at QoS 0 in the second).
      """)

  @OptionGroup var broker: BrokerOptions

  @Option(help: "The topic to publish to.")
  var topic: String

  @Option(
    help: ArgumentHelp("The quality of service: 0, 1 or 2. (default: 0)", valueName: "qos"), transform: QoS.argument)
  var qos = QoS.atMostOnce

  @Option(help: ArgumentHelp("How many messages to publish.", valueName: "n"))
  var count = 100_000

  @Option(help: ArgumentHelp("The payload of each.", valueName: "bytes"))
  var size = 100

  @Option(help: ArgumentHelp("Messages under way at most.", valueName: "n"))
  var window = 100

  @Flag(inversion: .prefixedNo, help: "Measure latencies, too.")
  var latency = true

  @Option(help: ArgumentHelp("How many latencies to measure.", valueName: "n"))
  var latencyCount = 10_000

  @Flag(help: "Send the topic once, and then an alias; 5.0 only.")
  var topicAlias = false

  @OptionGroup(title: "WebSocket") var handshake: HandshakeOptions
  @OptionGroup(title: "TLS and the way there") var way: WayOptions

  func validate() throws {
    try check(topic: topic)
    guard count > 0, latencyCount > 0 else { throw ValidationError("--count and --latency-count must be 1 or more") }
    guard (0...1 << 28 - 1 << 16).contains(size) else {
      throw ValidationError("--size must be between 0 and 268369920 bytes")
    }
    guard (1...65535).contains(window) else { throw ValidationError("--window must be between 1 and 65535") }
    guard !topicAlias || broker.version == .mqtt5 else {
      throw ValidationError("--topic-alias needs --version 5.0")
    }
  }

  func run() throws {
    var configuration = broker.configuration
    configuration.limits.outgoing = window
    configuration.limits.unannouncedReceiveMaximum = window
    configuration.usesTopicAliases = topicAlias
    configuration.limits.aliasedTopicLength = topic.utf8.count
    let plan = BenchPlan(topic: Array(topic.utf8), qos: qos, count: count, size: size, window: window)
    let counter = AnswerCounter(window: window)
    let session = Session(broker, configuration, way: way, handshake: handshake) { client, event in
      counter.take(event, client)
    }
    try session.open()
    let rate = try RatePhase(plan, session, counter).run()
    try printOut(plan.report(nanoseconds: rate))
    if latency {
      var plan = plan
      plan.count = latencyCount
      let times =
        try qos == .atMostOnce
        ? EchoedPhase(plan, session, counter).run() : AcknowledgedPhase(plan, session, counter).measure()
      try printOut(latencyReport(times, of: plan))
    }
    try session.close()
  }
}
