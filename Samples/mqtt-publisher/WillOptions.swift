import ArgumentParser
import MQTTProtocol
import WestwindMQTT

/// The flags of the will: what the broker publishes where this program ends without a goodbye.
struct WillOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The will's topic.", valueName: "topic"))
  var willTopic: String?

  @Option(help: ArgumentHelp("The will's message. (default: an empty one)", valueName: "text"))
  var willMessage: String?

  @Option(
    help: ArgumentHelp("The will's quality of service. (default: 0)", valueName: "qos"), transform: QoS.argument)
  var willQos: QoS?

  @Flag(help: "The broker keeps the will's message for those who subscribe later.")
  var willRetain = false

  func validate() throws {
    guard let willTopic else {
      guard willMessage == nil, willQos == nil, !willRetain else {
        throw ValidationError("a will needs --will-topic")
      }
      return
    }
    try check(topic: willTopic, flag: "--will-topic")
    guard (willMessage ?? "").utf8.count <= 65_535 else {
      throw ValidationError("--will-message must have 65535 bytes at most")
    }
  }

  /// Nil where none is asked for.
  func will(_ properties: MQTTProperties) -> MQTTWill? {
    willTopic.map { topic in
      MQTTWill(
        topic: topic, payload: Array((willMessage ?? "").utf8), qos: willQos ?? .atMostOnce, isRetained: willRetain,
        properties: properties)
    }
  }
}
