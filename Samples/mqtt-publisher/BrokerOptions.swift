import ArgumentParser
import MQTTProtocol
import SampleSupport
import Westwind
import WestwindMQTT

/// The flags of every command that say which broker, and who the client is.
struct BrokerOptions: ParsableArguments {
  @Option(
    help: "The broker: mqtt://host:port, mqtts://, ws://host:port/path, wss://, or ws+unix:///socket:/path.",
    transform: BrokerURL.argument)
  var url: BrokerURL

  @Option(
    help: ArgumentHelp("The version of MQTT: 3.1.1 or 5.0. (default: 3.1.1)", valueName: "version"),
    transform: MQTTVersion.argument)
  var version = MQTTVersion.mqtt311

  @Option(help: ArgumentHelp("The client identifier. Default: one made by chance.", valueName: "id"))
  var clientID: String?

  @Flag(inversion: .prefixedNo, help: "Begin a new session, or go on with the one that the broker has of --client-id.")
  var clean = true

  @Option(help: ArgumentHelp("How long the broker keeps the session after the end; 5.0 only.", valueName: "seconds"))
  var sessionExpiry: UInt32 = 0

  @Option(help: ArgumentHelp("Seconds between packets at most; 0 for no keep alive.", valueName: "seconds"))
  var keepAlive: UInt16 = 60

  @Option(help: ArgumentHelp("The user's name; also in the URL.", valueName: "name"))
  var user: String?

  @Option(help: ArgumentHelp("The user's password; also in the URL.", valueName: "text"))
  var password: String?

  @Option(help: ArgumentHelp("Limit for connecting, and for each answer of the broker.", valueName: "seconds"))
  var timeout: Double = 10

  @Flag(help: "Say on standard error what happens.")
  var verbose = false

  /// The limit as a duration.
  var limit: Duration { .milliseconds(max(1, Int64(timeout * 1000))) }

  func validate() throws {
    guard timeout > 0, timeout <= 1_000_000 else {
      throw ValidationError("--timeout must be more than 0 and at most 1000000 seconds")
    }
    guard clean || clientID?.isEmpty == false else {
      throw ValidationError("--no-clean goes on with the session of a --client-id: give that, too")
    }
    guard version == .mqtt5 || sessionExpiry == 0 else {
      throw ValidationError("--session-expiry needs --version 5.0; in 3.1.1 --no-clean keeps the session")
    }
    guard version == .mqtt5 || password == nil || user != nil || url.mqtt.userName != nil else {
      throw ValidationError("--password needs --user: MQTT 3.1.1 has no password without a name")
    }
  }

  /// The client's configuration, but for its will and its properties.
  var configuration: MQTTConfiguration {
    var configuration = MQTTConfiguration(clientIdentifier: clientID ?? BrokerOptions.identifier())
    configuration.version = version
    configuration.isCleanStart = clean
    configuration.keepAlive = keepAlive
    configuration.userName = user ?? url.mqtt.userName
    configuration.password = (password ?? url.mqtt.password).map { Array($0.utf8) }
    configuration.sessionExpiryInterval = sessionExpiry
    configuration.connAckTimeout = Timeout(limit)
    configuration.writeTimeout = Timeout(limit)
    return configuration
  }

  /// An identifier that every broker takes: 23 letters and digits at most ([MQTT-3.1.3-5]).
  private static func identifier() -> String {
    let digits = String(UInt64.random(in: 0 ... .max), radix: 16)
    return "westwind" + digits.prefix(15)
  }
}
