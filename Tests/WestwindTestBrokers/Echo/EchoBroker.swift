public import MQTTProtocol
import SystemPackage
import WestwindSockets
public import WestwindTestSupport

/// A broker in the test's own process: small, but it keeps what a broker must keep, so it can be cut off and come back
/// at any byte and any number of times, and says afterwards what it took.
///
/// A message that is published goes to each session whose subscriptions match, the publisher's own too. Shared
/// subscriptions are none to it. Sessions are kept until ``forgetSessions()``, whatever the client says of their expiry.
public final class EchoBroker: Sendable {
  /// How it is to behave.
  public struct Options: Sendable {
    /// `.tcp` or `.ws`.
    public var transport = BrokerTransport.tcp
    public var framing = Framing.whole
    /// Over WebSockets a PING before each so many frames; 0 is none.
    public var pingInterval = 0
    /// CONNACK's in MQTT 5.0.
    public var connAckProperties: [(PropertyID, UInt32)] = []
    /// Where each connection is to end, told its number from 0 on; nil: where the client or `takeDown` ends it.
    public var cut: @Sendable (Int) -> Cut? = { _ in nil }

    public init() {}
  }

  /// A connection's end by plan: by a reset, wherever in a packet that is.
  public enum Cut: Sendable, Hashable {
    /// After so many bytes from the client.
    case read(Int)
    /// After so many bytes to the client.
    case written(Int)
  }

  /// A message as a publisher gave it.
  public struct Message: Sendable, Hashable {
    public var topic: String
    public var payload: [UInt8]
    public var qos: QoS

    public init(topic: String, payload: [UInt8], qos: QoS) {
      self.topic = topic
      self.payload = payload
      self.qos = qos
    }
  }

  struct State {
    var sessions: [String: EchoSession] = [:]
    var accepted: [Message] = []
    var violations: [String] = []
    var connections = 0
    var open: [Int: SocketDescriptor] = [:]
    var isDown = false
    var isStopped = false
  }

  let options: Options
  let state = Lock(State())
  public let port: UInt16
  private let listener: ScriptedListener
  private let threads = PeerThreads()

  public init(_ options: Options = Options()) throws {
    precondition(!options.transport.isSecure, "the echo broker speaks no TLS")
    self.options = options
    listener = try ScriptedListener()
    port = listener.port
    threads.start { [self] in acceptConnections() }
  }

  public var url: String { options.transport.url(port: port) }

  /// Every message that it took, in that order: one of QoS 2 once, one of QoS 1 as often as it came.
  public var accepted: [Message] { state.withLock { $0.accepted } }

  /// What clients did otherwise than they should.
  public var violations: [String] { state.withLock { $0.violations } }

  /// Connections that it took so far.
  public var connectionCount: Int { state.withLock { $0.connections } }

  /// Publishes a message from nowhere.
  public func publish(_ message: Message) {
    state.withLock { $0.route(message) }
  }

  /// Messages that wait for a client, or for its acknowledgement.
  public func outstanding(_ clientIdentifier: String) -> Int {
    state.withLock { state in
      state.sessions[clientIdentifier].map { $0.queue.count + $0.outgoing.count } ?? 0
    }
  }

  /// Cuts all connections, and closes each that comes, until `comeBack`.
  public func takeDown() {
    state.withLock { state in
      state.isDown = true
      for socket in state.open.values { try? socket.shutdown(.readWrite) }
    }
  }

  public func comeBack() {
    state.withLock { $0.isDown = false }
  }

  /// Forgets all sessions, as a broker does that lost its store.
  public func forgetSessions() {
    state.withLock { $0.sessions = [:] }
  }

  /// Ends it, once all its threads have ended.
  public func stop() {
    takeDown()
    state.withLock { $0.isStopped = true }
    threads.join()
  }

  private func acceptConnections() {
    defer { listener.close() }
    while !state.withLock({ $0.isStopped }) {
      guard let socket = try? listener.accept(timeout: .milliseconds(50)) else { continue }
      let number = state.withLock { state -> Int? in
        guard !state.isDown else { return nil }
        state.connections += 1
        state.open[state.connections - 1] = socket
        return state.connections - 1
      }
      guard let number else {
        try? socket.close()
        continue
      }
      threads.start { [self] in serve(socket, number) }
    }
  }

  private func serve(_ socket: SocketDescriptor, _ number: Int) {
    let connection = ScriptedConnection(socket, isWebSocket: options.transport.isWebSocket, number: number)
    connection.framing = options.framing
    connection.pingInterval = options.pingInterval
    switch options.cut(number) {
    case .read(let count): connection.readAllowance = count
    case .written(let count): connection.writeAllowance = count
    case nil: break
    }
    var violation: String?
    var isPlanned = false
    do {
      try converse(connection)
    } catch is ScriptedEnd {
      isPlanned = true
    } catch let error as MQTTViolation {
      violation = "\(error)"
    } catch {
      // the client has gone, or was cut off
    }
    state.withLock { state in
      // with the lock, so that nobody shuts down a number that is another's by then
      state.open[number] = nil
      if isPlanned { connection.reset() } else { connection.close() }
      state.violations += connection.violations + (violation.map { [$0] } ?? [])
    }
  }
}
