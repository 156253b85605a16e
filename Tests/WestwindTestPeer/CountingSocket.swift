import Synchronization
public import SystemPackage
public import WestwindSockets

/// A socket that counts what is asked of it. It takes the place of another in the table of descriptors, so all that is
/// opened over that one goes through it.
public final class CountingSocket: SocketOperations {
  private let below: any SocketOperations
  private let state = Mutex(State())

  private struct State {
    var counts = Counts()
    var writes: [Int] = []
  }

  /// Operations since the last `takeCounts`.
  public struct Counts: Hashable, Sendable {
    public var sends: Int
    public var receives: Int
    public var waits: Int

    public init(sends: Int = 0, receives: Int = 0, waits: Int = 0) {
      self.sends = sends
      self.receives = receives
      self.waits = waits
    }
  }

  public init(over socket: SocketDescriptor) {
    below = socket.operations
    _ = SocketDescriptor.register(self, number: socket.rawValue)
  }

  public var counts: Counts { state.withLock { $0.counts } }

  /// Returns the counts, and begins anew.
  @discardableResult
  public func takeCounts() -> Counts {
    state.withLock { state in
      defer { state.counts = Counts() }
      return state.counts
    }
  }

  /// Returns the bytes that each send took, since the last look.
  @discardableResult
  public func takeWrites() -> [Int] {
    state.withLock { state in
      defer { state.writes = [] }
      return state.writes
    }
  }

  public var readableNumber: CInt { below.readableNumber }
  public var writableNumber: CInt { below.writableNumber }

  public func send(_ payload: Payload, flags: MessageFlags, wait: Wait) throws(Errno) -> Int {
    state.withLock { $0.counts.sends += 1 }
    let count = try below.send(payload, flags: flags, wait: wait)
    state.withLock { $0.writes.append(count) }
    return count
  }

  public func receive(
    into output: inout OutputRawSpan, flags: MessageFlags, wait: Wait
  ) throws(Errno) -> ReceivedMetadata {
    state.withLock { $0.counts.receives += 1 }
    return try below.receive(into: &output, flags: flags, wait: wait)
  }

  public func wait(for events: PollEvents, _ wait: Wait) throws(Errno) -> PollEvents {
    state.withLock { $0.counts.waits += 1 }
    return try below.wait(for: events, wait)
  }

  public func setNonBlocking(_ isOn: Bool) throws(Errno) { try below.setNonBlocking(isOn) }
  public func isNonBlocking() throws(Errno) -> Bool { try below.isNonBlocking() }

  public func close() throws(Errno) {
    SocketDescriptor.unregister(number: readableNumber)
    try below.close()
  }
}
