/// A broker that was not written here, running as a child of the test on loopback.
public protocol RealBroker: AnyObject, Sendable {
  /// Where it listens: each transport that it was asked for, on a port that stays the same over `restart`.
  func port(_ transport: BrokerTransport) -> UInt16
  /// What it shows on its secure listeners.
  var certificate: TestCertificate { get }
  /// Ends it as an administrator does (SIGTERM), and waits until it has ended.
  func stop() throws
  /// Ends it at once (SIGKILL).
  func kill() throws
  /// Starts it again, on the same ports, once it has ended. Returns when all listeners accept.
  func restart() throws
  /// What it has written so far: what to show where a test fails.
  var log: String { get }
  /// Ends it, and removes its files. May be called again; the last reference to it does so too.
  func terminate()
}

extension RealBroker {
  public func url(_ transport: BrokerTransport) -> String {
    transport.url(port: port(transport))
  }
}
