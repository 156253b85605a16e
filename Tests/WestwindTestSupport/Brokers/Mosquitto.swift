import Glibc
import Synchronization

/// mosquitto, as a child of the test, with all that it writes in a folder of its own.
public final class Mosquitto: RealBroker {
  /// Whether this machine has it. Debian puts it where only root's PATH leads.
  public static var isInstalled: Bool { program != nil }

  static var program: String? { Tool.find("mosquitto") ?? Tool.find("mosquitto", in: "/usr/sbin:/usr/local/sbin") }
  static let logName = "mosquitto.log"

  public let certificate: TestCertificate
  private let program: String
  private let folder: TemporaryFolder
  private let ports: [BrokerTransport: HeldPort]
  private let process: Mutex<ChildProcess>

  /// Starts it, and returns when all its listeners accept.
  public init(_ options: MosquittoOptions = MosquittoOptions()) throws {
    guard let program = Mosquitto.program else {
      throw TestSupportError("mosquitto is not installed; run Scripts/prepare --tests")
    }
    self.program = program
    certificate = try TestCertificate.good.get()
    folder = try TemporaryFolder("mosquitto")
    do {
      var ports: [BrokerTransport: HeldPort] = [:]
      for transport in options.transports { ports[transport] = try HeldPort() }
      // with listeners for WebSockets only, mosquitto 2.0 ends: it counts the others
      if options.transports.allSatisfy(\.isWebSocket) { ports[.tcp] = try HeldPort() }
      self.ports = ports
      try folder.write(certificate.certificate, to: "server.pem")
      try folder.write(certificate.key, to: "server.key")
      try folder.write(Array(options.configuration(folder: folder.path, ports: ports).utf8), to: "mosquitto.conf")
      if !options.passwords.isEmpty { try Mosquitto.write(options.passwords, to: folder) }
      process = Mutex(try Mosquitto.start(program, folder, ports))
    } catch {
      folder.remove()
      throw error
    }
  }

  deinit {
    terminate()
  }

  public func port(_ transport: BrokerTransport) -> UInt16 {
    guard let port = ports[transport] else { preconditionFailure("this mosquitto has no listener for \(transport)") }
    return port.number
  }

  public var processIdentifier: Int32 { process.withLock { $0.processIdentifier } }

  public func stop() throws { try end(SIGTERM, .seconds(30)) }

  public func kill() throws { try end(SIGKILL, .seconds(10)) }

  public func restart() throws {
    try process.withLock { process in
      process = try Mosquitto.start(program, folder, ports)
    }
  }

  /// Stops the process where it is, until it is terminated: it holds its connections open and says nothing.
  public func pause() { process.withLock { $0.signal(SIGSTOP) } }

  public var log: String { String(decoding: folder.read(Mosquitto.logName), as: UTF8.self) }

  public func terminate() {
    process.withLock { process in
      // a process that is stopped would not end
      process.signal(SIGCONT)
      process.terminate(grace: .seconds(5))
    }
    folder.remove()
  }

  private func end(_ signal: Int32, _ timeout: Duration) throws {
    try process.withLock { process in
      if let status = process.exitStatus() { throw TestSupportError("mosquitto had ended by itself: \(status)") }
      process.signal(signal)
      _ = try process.waitForExit(timeout: timeout)
      process.terminate()
    }
  }

  private static func start(
    _ program: String, _ folder: TemporaryFolder, _ ports: [BrokerTransport: HeldPort]
  ) throws(TestSupportError) -> ChildProcess {
    let process = try ChildProcess(program, ["-c", folder.path + "/mosquitto.conf"], standardError: .discarded)
    let deadline = ContinuousClock.now + .seconds(30)
    // It opens one listener after the other, in the order of its configuration.
    for port in ports.values {
      while !isListening(port.number) {
        let status = process.exitStatus()
        guard status == nil, .now < deadline else {
          process.terminate()
          let log = String(decoding: folder.read(logName), as: UTF8.self)
          throw TestSupportError("mosquitto does not start (\(status.map(\.description) ?? "no listener")): \(log)")
        }
        usleep(2_000)
      }
    }
    return process
  }

  private static func write(_ passwords: [String: String], to folder: TemporaryFolder) throws {
    guard let tool = Tool.find("mosquitto_passwd") else { throw TestSupportError("mosquitto_passwd is not installed") }
    let lines = passwords.map { "\($0):\($1)\n" }.joined()
    let file = try folder.write(Array(lines.utf8), to: "passwords")
    // turns the file's passwords into hashes
    let made = try ChildProcess.run(tool, ["-U", file])
    guard made.status == .exited(0) else { throw TestSupportError("mosquitto_passwd: \(made.errors)") }
  }
}
