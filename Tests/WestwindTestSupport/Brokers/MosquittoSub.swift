/// `mosquitto_sub`, which runs until it is ended.
public final class MosquittoSub: Sendable {
  public static var isInstalled: Bool { Tool.find("mosquitto_sub") != nil }

  private let process: ChildProcess
  private let client: MosquittoClient

  /// What its lines of messages begin with; others tell of packets.
  private static let mark = "message\t"

  /// Subscribes; returns when the broker has answered that.
  ///
  /// - Parameters:
  ///   - version: 4 is MQTT 3.1.1, 5 is 5.0.
  ///   - arguments: what else it is to be given, such as `["-c"]` for a session that is kept.
  public init(
    _ broker: any RealBroker, _ transport: BrokerTransport = .tcp, version: Int = 5, filter: String, qos: Int = 2,
    clientIdentifier: String? = nil, arguments: [String] = []
  ) throws {
    guard let program = Tool.find("mosquitto_sub") else { throw TestSupportError("mosquitto_sub is not installed") }
    client = try MosquittoClient(broker, transport, version: version, clientIdentifier: clientIdentifier)
    // topic, QoS, retained, payload in hexadecimal
    let format = MosquittoSub.mark + "%t\t%q\t%r\t%x"
    // into a pipe it would write only when it has many lines
    guard let stdbuf = Tool.find("stdbuf") else { throw TestSupportError("stdbuf is not installed") }
    process = try ChildProcess(
      stdbuf,
      ["-oL", program] + client.arguments + ["-t", filter, "-q", "\(qos)", "-F", format, "-d"] + arguments,
      standardError: .merged)
    do {
      _ = try process.readLine(timeout: .seconds(30)) { $0.hasPrefix("Subscribed ") }
    } catch {
      terminate()
      throw error
    }
  }

  deinit {
    terminate()
  }

  /// The next message that came in, in their order. It knows nothing of DUP and of properties.
  public func nextMessage(timeout: Duration = .seconds(30)) throws -> PeerMessage {
    let line = try process.readLine(timeout: timeout) { $0.hasPrefix(MosquittoSub.mark) }
    let parts = line.split(separator: "\t", omittingEmptySubsequences: false)
    guard parts.count == 5, let qos = Int(parts[2]) else { throw TestSupportError("mosquitto_sub: \(line)") }
    let payload = bytes(hexadecimal: String(parts[4]))
    return PeerMessage(
      topic: String(parts[1]), qos: qos, isRetained: parts[3] == "1", isDuplicate: false, size: payload.count,
      payload: payload, properties: [:])
  }

  public func nextMessages(_ count: Int, timeout: Duration = .seconds(60)) throws -> [PeerMessage] {
    let deadline = ContinuousClock.now + timeout
    return try (0..<count).map { _ in try nextMessage(timeout: deadline - .now) }
  }

  /// Ends it. May be called again.
  public func terminate() {
    process.terminate()
    client.folder.remove()
  }
}
