import Glibc
import Synchronization
import SystemPackage
import WestwindSockets
import WestwindTestSupport

/// Stands between a client and a broker on loopback, and passes all on, until it is told to go silent: then both
/// connections stay open and nothing comes any more, as where packets are lost on the way.
public final class SilentProxy: Sendable {
  private struct State {
    var isSilent = false
    var isStopped = false
    var connections = 0
    /// Grows with each `cut`; a connection of an earlier one is over.
    var cuts = 0
  }

  public let port: UInt16
  private let target: UInt16
  private let listener: ScriptedListener
  private let state = Mutex(State())
  private let threads = PeerThreads()

  /// How long a look at `state` may take: for a thread that waits for bytes.
  private static let step = Timeout.milliseconds(20)

  /// - Parameter target: the broker's port.
  public init(to target: UInt16) throws {
    self.target = target
    listener = try ScriptedListener()
    port = listener.port
    threads.start { [self] in acceptConnections() }
  }

  /// Connections that it took so far.
  public var connectionCount: Int { state.withLock { $0.connections } }

  /// Passes nothing on from now on, in both directions and on new connections as well.
  public func goSilent() { state.withLock { $0.isSilent = true } }

  /// Passes on again, what came meanwhile first.
  public func speak() { state.withLock { $0.isSilent = false } }

  /// Closes all connections; what was not passed on yet is lost.
  public func cut() { state.withLock { $0.cuts += 1 } }

  /// Closes all, and returns when all its threads have ended.
  public func stop() {
    state.withLock { $0.isStopped = true }
    threads.join()
  }

  private func acceptConnections() {
    defer { listener.close() }
    while !state.withLock({ $0.isStopped }) {
      guard let client = try? listener.accept(timeout: Self.step) else { continue }
      let cuts = state.withLock { state in
        state.connections += 1
        return state.cuts
      }
      threads.start { [self] in serve(client, cuts) }
    }
  }

  private func serve(_ client: SocketDescriptor, _ cuts: Int) {
    defer { try? client.close() }
    // a broker that is silent does not take connections either, as far as the client can tell
    guard waitUntilSpeaking(cuts), let broker = try? SocketDescriptor.open(.ipv4) else { return }
    defer { try? broker.close() }
    guard (try? broker.connect(to: .loopback(port: target), timeout: .seconds(10))) != nil else { return }
    try? broker.setsockopt(level: Option.tcp, name: Option.noDelay, value: 1)
    let back = BlockingThread { [self] in pass(from: broker, to: client, cuts) }
    pass(from: client, to: broker, cuts)
    try? back.join()
  }

  /// Gives false where the connection is to end.
  private func waitUntilSpeaking(_ cuts: Int) -> Bool {
    while true {
      let (isSilent, isOver) = state.withLock { ($0.isSilent, $0.isStopped || $0.cuts != cuts) }
      if isOver { return false }
      if !isSilent { return true }
      usleep(5_000)
    }
  }

  /// Passes bytes on up to the end of the stream, which it passes on too.
  private func pass(from source: SocketDescriptor, to sink: SocketDescriptor, _ cuts: Int) {
    while waitUntilSpeaking(cuts) {
      let bytes: [UInt8]
      do throws(Errno) {
        bytes = try source.recv(maxCount: 1 << 18, timeout: Self.step)
      } catch {
        if error == .wouldBlock { continue }
        break
      }
      // it may have gone silent while they came
      guard !bytes.isEmpty, waitUntilSpeaking(cuts) else { break }
      guard (try? sink.send(bytes, timeout: .seconds(60))) == bytes.count else { break }
    }
    try? sink.shutdown(.write)
    if state.withLock({ $0.isStopped || $0.cuts != cuts }) { try? sink.shutdown(.readWrite) }
  }
}
