/// `mosquitto_pub`.
public enum MosquittoPub {
  public static var isInstalled: Bool { Tool.find("mosquitto_pub") != nil }

  /// Publishes a message and returns when it is acknowledged, as far as its QoS asks for that.
  ///
  /// - Parameters:
  ///   - version: 4 is MQTT 3.1.1, 5 is 5.0.
  ///   - payload: the message's.
  ///   - arguments: what else it is to be given, such as `["-D", "publish", "content-type", "text/plain"]`.
  public static func publish(
    _ broker: any RealBroker, _ transport: BrokerTransport = .tcp, version: Int = 5, topic: String, payload: [UInt8],
    qos: Int = 0, retain: Bool = false, arguments: [String] = []
  ) throws(TestSupportError) {
    let retained = retain ? ["-r"] : []
    try run(
      broker, transport, version,
      ["-t", topic, "-q", "\(qos)"] + retained + (payload.isEmpty ? ["-n"] : ["-s"])
        + arguments,
      input: payload)
  }

  /// Publishes each line as a message of its own.
  public static func publish(
    _ broker: any RealBroker, _ transport: BrokerTransport = .tcp, version: Int = 5, topic: String, lines: [String],
    qos: Int = 0
  ) throws(TestSupportError) {
    let text = lines.map { $0 + "\n" }.joined()
    try run(broker, transport, version, ["-t", topic, "-q", "\(qos)", "-l"], input: Array(text.utf8))
  }

  private static func run(
    _ broker: any RealBroker, _ transport: BrokerTransport, _ version: Int, _ arguments: [String], input: [UInt8]
  ) throws(TestSupportError) {
    guard let program = Tool.find("mosquitto_pub") else { throw TestSupportError("mosquitto_pub is not installed") }
    let client = try MosquittoClient(broker, transport, version: version, clientIdentifier: nil)
    defer { client.folder.remove() }
    let result = try ChildProcess.run(program, client.arguments + arguments, input: input, timeout: .seconds(120))
    guard result.status == .exited(0) else {
      throw TestSupportError("mosquitto_pub: \(result.status) \(result.output) \(result.errors)")
    }
  }
}
