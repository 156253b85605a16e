import ArgumentParser
import MQTTProtocol
import Westwind
import WestwindMQTT

/// `--property`: properties of MQTT 5.0, each for the packet that it belongs to.
struct PropertyOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      A property by the specification's name, such as content-type=text/plain, message-expiry-interval=60, \
      response-topic=a/b, correlation-data=abc, user-property=name:value; 5.0 only; may be repeated.
      """, valueName: "name=value"),
    transform: PropertyArgument.init(argument:))
  var property: [PropertyArgument] = []

  /// Those that have their place in a packet, checked for what can be known now.
  ///
  /// - Parameter claimed: the places that a command has properties for, in the order in which they claim one.
  func properties(for place: PropertyPlace, among claimed: [PropertyPlace]) throws -> MQTTProperties {
    var properties = MQTTProperties()
    for argument in property where argument.place(among: claimed) == place { try argument.append(to: &properties) }
    return properties
  }

  func check(version: MQTTVersion, among claimed: [PropertyPlace]) throws {
    guard version == .mqtt5 || property.isEmpty else { throw ValidationError("--property needs --version 5.0") }
    for argument in property {
      guard argument.place(among: claimed) != nil else {
        throw ValidationError("--property \(argument.id.hyphenated ?? "") has no place in what this command sends")
      }
      var properties = MQTTProperties()
      try argument.append(to: &properties)
    }
  }
}
