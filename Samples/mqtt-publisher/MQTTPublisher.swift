import ArgumentParser
import SampleSupport

/// An MQTT client for the command line: publishes, subscribes, measures.
@main
struct MQTTPublisher: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mqtt-publisher",
    abstract: "An MQTT 3.1.1 and 5.0 client over TCP, TLS and WebSockets.",
    usage: """
      mqtt-publisher pub --url <url> --topic <topic> --message <text> | --file <path> | --lines
      mqtt-publisher sub --url <url> --topic <filter> ... [--json]
      mqtt-publisher bench --url <url> --topic <topic> [--qos <qos>] [--count <n>]
      """,
    discussion: """
      The broker's URL is mqtt://host, mqtts://host, ws://host/mqtt or wss://host/mqtt, with a port where it is not the \
      usual one.

      Exit codes: 0 done, 1 the broker or the network failed, 2 wrong use.
      """,
    subcommands: [Pub.self, Sub.self, Bench.self])

  static func main() { runProgram() }
}
