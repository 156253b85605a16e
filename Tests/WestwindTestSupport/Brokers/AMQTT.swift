import Glibc
import Synchronization

/// amqtt, a broker in Python, as a child of the test (`Tests/Peers/amqtt_broker.py`).
///
/// It speaks MQTT 3.1.1 only, on all four transports, and keeps sessions and retained messages no longer than it runs.
public final class AMQTT: RealBroker {
  /// Whether `Scripts/prepare` has installed it.
  public static var isInstalled: Bool { peerPython != nil }

  public let certificate: TestCertificate
  private let python: String
  private let transports: [BrokerTransport]
  private let options: [String]
  private let folder: TemporaryFolder
  private let state: Mutex<State>

  private struct State {
    var process: ChildProcess
    /// Held from the moment at which the kernel gave them, so that `restart` gets them again.
    let ports: [BrokerTransport: HeldPort]
  }

  /// Starts it, and returns when all its listeners accept.
  ///
  /// - Parameter sendsPings: over WebSockets, one a second. paho 2 answers them without a mask, and is thrown out for that.
  public init(_ transports: [BrokerTransport] = BrokerTransport.allCases, sendsPings: Bool = true) throws {
    guard let python = peerPython else { throw TestSupportError("needs .build/peers; run Scripts/prepare --tests") }
    self.python = python
    self.transports = transports
    options = sendsPings ? ["--ping", "1"] : []
    certificate = try TestCertificate.good.get()
    folder = try TemporaryFolder("amqtt")
    do {
      try folder.write(certificate.certificate + certificate.key, to: "server.pem")
      var ports: [BrokerTransport: HeldPort] = [:]
      for transport in transports { ports[transport] = try HeldPort() }
      state = Mutex(State(process: try AMQTT.start(python, folder, ports, options), ports: ports))
    } catch {
      folder.remove()
      throw error
    }
  }

  deinit {
    terminate()
  }

  public func port(_ transport: BrokerTransport) -> UInt16 {
    guard let port = state.withLock({ $0.ports[transport] }) else {
      preconditionFailure("this amqtt has no listener for \(transport)")
    }
    return port.number
  }

  public func stop() throws { try end(SIGTERM, .seconds(30)) }

  public func kill() throws { try end(SIGKILL, .seconds(10)) }

  public func restart() throws {
    try state.withLock { state in
      state.process = try AMQTT.start(python, folder, state.ports, options)
    }
  }

  public var log: String { String(decoding: folder.read("amqtt.log"), as: UTF8.self) }

  public func terminate() {
    state.withLock { _ = $0.process.terminate(grace: .seconds(5)) }
    folder.remove()
  }

  private func end(_ signal: Int32, _ timeout: Duration) throws {
    try state.withLock { state in
      if let status = state.process.exitStatus() { throw TestSupportError("amqtt had ended by itself: \(status)") }
      state.process.signal(signal)
      _ = try state.process.waitForExit(timeout: timeout)
      state.process.terminate()
    }
  }

  private static func start(
    _ python: String, _ folder: TemporaryFolder, _ ports: [BrokerTransport: HeldPort], _ options: [String]
  ) throws -> ChildProcess {
    var arguments = [
      packageRoot + "/Tests/Peers/amqtt_broker.py", "--pem", folder.path + "/server.pem", "--log",
      folder.path + "/amqtt.log",
    ]
    arguments += options
    for (transport, port) in ports { arguments += ["--\(transport.rawValue)", "\(port.number)"] }
    let process = try ChildProcess(python, arguments, standardError: .merged)
    var said = ""
    do {
      // it says so once all its listeners are open
      while let line = try process.readLine(timeout: .seconds(60)) {
        if line == "running" { return process }
        said += line + "\n"
      }
    } catch {
      said += "\(error)\n"
    }
    process.terminate()
    throw TestSupportError("amqtt does not start: \(said)")
  }
}
