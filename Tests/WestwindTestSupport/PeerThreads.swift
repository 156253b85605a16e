import Synchronization

/// The threads of a peer in the test's own process: one for each connection, say. Each is joined once, however often that
/// is asked for.
public final class PeerThreads: Sendable {
  private let threads = Mutex<[BlockingThread<Void>]>([])

  public init() {}

  /// Starts one.
  public func start(_ body: @escaping @Sendable () throws -> Void) {
    let thread = BlockingThread(body)
    threads.withLock { $0.append(thread) }
  }

  /// Waits until all have ended, those too that they started meanwhile.
  public func join() {
    while let thread = threads.withLock({ $0.popLast() }) { try? thread.join() }
  }
}
