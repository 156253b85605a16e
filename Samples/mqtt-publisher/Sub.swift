import ArgumentParser
import MQTTProtocol
import SampleSupport
import WestwindMQTT

/// `sub`: prints messages.
struct Sub: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Subscribe, and print each message: its topic, a space, its payload.",
    discussion: """
      With --json each message is an object on a line of its own: "topic", "qos", "retain", "dup", "encoding" ("text", \
      or "base64" where the payload is no UTF-8), "payload", and the "properties" of MQTT 5.0 by their names.

      It ends after --count messages, or on SIGINT or SIGTERM, and disconnects in both cases; or with exit code 1 when \
      the connection ends.
      """)

  @OptionGroup var broker: BrokerOptions

  @Option(help: ArgumentHelp("What to subscribe to, 'a/+/b' and 'a/#' too; may be repeated.", valueName: "filter"))
  var topic: [String]

  @Option(
    help: ArgumentHelp("The highest quality of service: 0, 1 or 2. (default: 0)", valueName: "qos"),
    transform: QoS.argument)
  var qos = QoS.atMostOnce

  @Option(help: ArgumentHelp("End after so many messages.", valueName: "n"))
  var count: Int?

  @Flag(help: "Print a JSON object for each message.")
  var json = false

  @OptionGroup var properties: PropertyOptions
  @OptionGroup(title: "Will") var will: WillOptions
  @OptionGroup(title: "WebSocket") var handshake: HandshakeOptions
  @OptionGroup(title: "TLS and the way there") var way: WayOptions

  /// The packets that properties can be for.
  private var places: [PropertyPlace] {
    will.willTopic == nil ? [.subscribe, .connect] : [.subscribe, .will, .connect]
  }

  func validate() throws {
    guard !topic.isEmpty else { throw ValidationError("give a --topic") }
    for filter in topic { try check(filter: filter, version: broker.version) }
    if let count, count < 1 { throw ValidationError("--count must be 1 or more") }
    try properties.check(version: broker.version, among: places)
  }

  func run() throws {
    let stop = try StopSignals()
    var configuration = broker.configuration
    configuration.properties = try properties.properties(for: .connect, among: places)
    configuration.will = will.will(try properties.properties(for: .will, among: places))
    let receiver = Receiver(
      MessageFormat(isJSON: json, toTerminal: Output.standardOutput.isTerminal), count: count ?? .max)
    let session = Session(broker, configuration, way: way, handshake: handshake) { client, event in
      receiver.take(event, client)
    }
    session.onInput = { receiver.write() }
    try session.open()
    // What was under way when an earlier session ended may be enough.
    guard !receiver.isComplete else { return try session.close() }
    let subscription = try properties.properties(for: .subscribe, among: places)
    try session.call("subscribing") { () throws(MQTTError) in
      _ = try session.client.subscribe(topic.map { MQTTSubscription($0, qos: qos) }, properties: subscription)
    }
    try Reception(session, receiver, topics: topic, stop: stop).run()
    try session.close()
  }
}
