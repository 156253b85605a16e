import ArgumentParser
import MQTTProtocol
import SampleSupport
import WestwindMQTT

/// `pub`: publishes a message, a file, or lines.
struct Pub: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Publish a message, a file's bytes, or each line of standard input.",
    discussion: """
      It ends when the broker has acknowledged everything; at QoS 0, when it has answered a PINGREQ behind the last \
      message.
      """)

  @OptionGroup var broker: BrokerOptions

  @Option(help: "The topic to publish to.")
  var topic: String

  @Option(help: ArgumentHelp("Publish this; it may be empty.", valueName: "text"))
  var message: String?

  @Option(help: ArgumentHelp("Publish this file's bytes, which are never in memory all at once.", valueName: "path"))
  var file: String?

  @Flag(help: "Publish each line of standard input, without its newline.")
  var lines = false

  @Option(
    help: ArgumentHelp("The quality of service: 0, 1 or 2. (default: 0)", valueName: "qos"), transform: QoS.argument)
  var qos = QoS.atMostOnce

  @Flag(help: "The broker keeps the message for those who subscribe later.")
  var retain = false

  @Option(help: ArgumentHelp("How often to publish the message, or the file.", valueName: "n"))
  var count = 1

  // mosquitto_pub's number: some brokers end the connection of a client of 3.1.1 that sends more, and cannot say so before
  @Option(help: ArgumentHelp("Messages of QoS 1 and 2 under way at most.", valueName: "n"))
  var window = 20

  @OptionGroup var properties: PropertyOptions
  @OptionGroup(title: "Will") var will: WillOptions
  @OptionGroup(title: "WebSocket") var handshake: HandshakeOptions
  @OptionGroup(title: "TLS and the way there") var way: WayOptions

  /// The packets that properties can be for.
  private var places: [PropertyPlace] { will.willTopic == nil ? [.publish, .connect] : [.publish, .will, .connect] }

  func validate() throws {
    try check(topic: topic)
    guard (message == nil ? 0 : 1) + (file == nil ? 0 : 1) + (lines ? 1 : 0) == 1 else {
      throw ValidationError("give one of --message, --file and --lines")
    }
    guard count > 0 else { throw ValidationError("--count must be 1 or more") }
    guard (1...65535).contains(window) else { throw ValidationError("--window must be between 1 and 65535") }
    guard count == 1 || !lines else { throw ValidationError("--count is for --message and --file") }
    try properties.check(version: broker.version, among: places)
  }

  func run() throws {
    let source = try source()
    defer { source.close() }
    var configuration = broker.configuration
    configuration.properties = try properties.properties(for: .connect, among: places)
    configuration.will = will.will(try properties.properties(for: .will, among: places))
    configuration.limits.outgoing = window
    configuration.limits.unannouncedReceiveMaximum = window
    let counter = AnswerCounter(window: window)
    let session = Session(broker, configuration, way: way, handshake: handshake) { client, event in
      counter.take(event, client)
    }
    try session.open()
    var publishing = Publishing(
      session, counter, topic: Array(topic.utf8), qos: qos, isRetained: retain,
      properties: try properties.properties(for: .publish, among: places))
    switch source {
    case .text(let text): try publishing.publish(Array(text.utf8), count: count)
    case .file(let file): try publishing.publish(file, count: count)
    case .lines: try publishing.publishLines()
    }
    try publishing.finish()
    try session.close()
  }

  private enum Source {
    case text(String)
    case file(PayloadFile)
    case lines

    func close() {
      if case .file(let file) = self { file.close() }
    }
  }

  /// Opened before the connection: a wrong name is not the broker's business.
  private func source() throws(Failure) -> Source {
    if let message { return .text(message) }
    if let file { return .file(try PayloadFile(file)) }
    return .lines
  }
}
