import Synchronization
public import WestwindTestSupport

/// A client of Python's paho-mqtt (`Tests/Peers/paho_peer.py`), as the other side of a conversation through a broker.
///
/// Each call waits for the broker's answer. Messages that come in meanwhile are kept, and taken by ``nextMessage``.
public final class PahoPeer: Sendable {
  /// Whether `Scripts/prepare` has installed it.
  public static var isInstalled: Bool { peerPython != nil }

  /// How it connects.
  public struct Connect: Sendable {
    public var clientIdentifier: String
    /// 4 is MQTT 3.1.1, 5 is 5.0.
    public var version = 5
    public var isCleanStart = true
    /// Seconds.
    public var keepAlive = 60
    public var userName: String?
    public var password: String?
    /// `topic`, `payload`, `qos`, `retain`, `properties`.
    public var will: JSON?
    /// CONNECT's, by paho's names, such as `SessionExpiryInterval`.
    public var properties: [String: JSON] = [:]
    /// Messages of QoS 1 and 2 that it has on their way at a time.
    public var inflight = 20

    public init(clientIdentifier: String) {
      self.clientIdentifier = clientIdentifier
    }
  }

  private let process: ChildProcess
  private let state = Mutex(State())
  /// The PEM file of the broker's certificate.
  private let folder: TemporaryFolder

  private struct State {
    var messages: [PeerMessage] = []
    var lost: Int?
  }

  /// Starts it. It has no connection yet.
  public init() throws {
    guard let python = peerPython else { throw TestSupportError("needs .build/peers; run Scripts/prepare --tests") }
    folder = try TemporaryFolder("paho")
    process = try ChildProcess(python, [packageRoot + "/Tests/Peers/paho_peer.py"])
  }

  /// Starts it and connects to a broker.
  public convenience init(
    _ broker: any RealBroker, _ transport: BrokerTransport = .tcp, _ options: Connect
  ) throws {
    try self.init()
    let answer = try connect(broker, transport, options)
    guard answer["reason"]?.number == 0 else { throw TestSupportError("paho was not taken in: \(answer.text)") }
  }

  deinit {
    terminate()
  }

  /// Connects. The answer has `reason`, `session`, `properties`.
  @discardableResult
  public func connect(_ broker: any RealBroker, _ transport: BrokerTransport, _ options: Connect) throws -> JSON {
    try connect(
      port: broker.port(transport), transport, options, trusting: transport.isSecure ? broker.certificate : nil)
  }

  /// Connects to a port of the loopback address.
  @discardableResult
  public func connect(
    port: UInt16, _ transport: BrokerTransport, _ options: Connect, trusting certificate: TestCertificate? = nil
  ) throws -> JSON {
    var command: [String: JSON] = [
      "port": .number(Int(port)), "transport": .string(transport.rawValue),
      "id": .string(options.clientIdentifier), "version": .number(options.version),
      "clean": .bool(options.isCleanStart), "keepAlive": .number(options.keepAlive),
      "properties": .object(options.properties), "inflight": .number(options.inflight),
    ]
    if let certificate { command["ca"] = .string(try folder.write(certificate.certificate, to: "ca.pem")) }
    if let name = options.userName { command["user"] = .string(name) }
    if let password = options.password { command["password"] = .string(password) }
    if let will = options.will { command["will"] = will }
    return try ask("connect", command)
  }

  /// Sends a command and waits for its answer. Throws what the peer says went wrong.
  @discardableResult
  public func ask(_ name: String, _ command: [String: JSON] = [:], timeout: Duration = .seconds(70)) throws -> JSON {
    let whole = command.merging(["do": .string(name)]) { $1 }
    try process.write(Array((JSON.object(whole).text + "\n").utf8))
    let deadline = ContinuousClock.now + timeout
    while true {
      guard let line = try next(until: deadline) else { throw TestSupportError("paho ended") }
      guard line["did"]?.string == name else { continue }
      if let error = line["error"]?.string { throw TestSupportError("paho, \(name): \(error)") }
      return line
    }
  }

  /// The next message that came in, in their order.
  public func nextMessage(timeout: Duration = .seconds(30)) throws -> PeerMessage {
    let deadline = ContinuousClock.now + timeout
    while true {
      let first = state.withLock { $0.messages.isEmpty ? nil : $0.messages.removeFirst() }
      if let first { return first }
      guard try next(until: deadline) != nil else { throw TestSupportError("paho ended") }
    }
  }

  /// The next messages, as many as said.
  public func nextMessages(_ count: Int, timeout: Duration = .seconds(60)) throws -> [PeerMessage] {
    let deadline = ContinuousClock.now + timeout
    return try (0..<count).map { _ in try nextMessage(timeout: deadline - .now) }
  }

  /// The reason of an end of the connection that nobody asked for; nil while there was none, as far as lines were read.
  public var lostReason: Int? { state.withLock { $0.lost } }

  /// Ends the process; the connection is cut. May be called again.
  public func terminate() {
    process.terminate()
    folder.remove()
  }

  /// Takes the next line in, and gives it back unless it tells of something that nobody asked for.
  private func next(until deadline: ContinuousClock.Instant) throws -> JSON? {
    guard let text = try process.readLine(timeout: deadline - .now) else { return nil }
    let line = try JSON(parsing: text)
    state.withLock { state in
      if let message = line["message"].flatMap({ PeerMessage($0) }) { state.messages.append(message) }
      if let lost = line["lost"] { state.lost = lost["reason"]?.number ?? -1 }
    }
    return line
  }
}
