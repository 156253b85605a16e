import SampleTestSupport

/// The built mqtt-publisher.
enum MQTTSample {
  static let path = builtProgram("mqtt-publisher")

  static func run(_ arguments: String..., input: [UInt8] = []) throws -> Outcome {
    try run(arguments, input: input)
  }

  static func run(_ arguments: [String], input: [UInt8] = []) throws -> Outcome {
    let (status, output, errors) = try ChildProcess.run(path, arguments, input: input, timeout: .seconds(120))
    return Outcome(status: status, output: output, errors: errors)
  }

  /// What every command is told so that it reaches a broker of the tests.
  static func way(to broker: any RealBroker, _ transport: BrokerTransport = .tcp) -> [String] {
    ["--url", broker.url(transport), "--proxy", "none", "--timeout", "60"] + (transport.isSecure ? ["--insecure"] : [])
  }

  /// Starts `sub` and returns when the broker has answered its subscription.
  static func subscriber(
    _ broker: any RealBroker, _ arguments: [String], over transport: BrokerTransport = .tcp
  ) throws -> ChildProcess {
    let process = try ChildProcess(
      path, ["sub", "--verbose"] + way(to: broker, transport) + arguments, standardError: .merged)
    _ = try process.readLine(timeout: .seconds(60)) { $0.hasPrefix("[subscribed ") }
    return process
  }
}
