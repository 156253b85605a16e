internal import Synchronization
public import SystemPackage
public import WestwindSockets

/// One end of a pipe in memory, both ways: a descriptor without a kernel socket, for tests of what is built on one.
///
/// Its number is an eventfd, so it can be polled for input like any descriptor.
public final class MemorySocket: SocketOperations {
  private let incoming: MemoryPipe
  private let outgoing: MemoryPipe
  private let nonBlocking = Atomic<Bool>(false)

  /// Makes two connected ends.
  ///
  /// - Parameter capacity: how many bytes fit in each direction before a writer has to wait.
  public static func pair(capacity: Int = 65536) throws(Errno) -> (SocketDescriptor, SocketDescriptor) {
    let there = try MemoryPipe(capacity: capacity)
    let back = try MemoryPipe(capacity: capacity)
    let a = MemorySocket(incoming: back, outgoing: there)
    let b = MemorySocket(incoming: there, outgoing: back)
    return (
      SocketDescriptor.register(a, number: a.readableNumber), SocketDescriptor.register(b, number: b.readableNumber)
    )
  }

  private init(incoming: MemoryPipe, outgoing: MemoryPipe) {
    self.incoming = incoming
    self.outgoing = outgoing
  }

  public var readableNumber: CInt { incoming.hasInput }
  /// Another eventfd, which polls writable while there is room.
  public var writableNumber: CInt { outgoing.hasRoom }

  public func send(_ payload: Payload, flags: MessageFlags, wait: Wait) throws(Errno) -> Int {
    let deadline = try deadline(of: wait, flags)
    var sent = 0
    do throws(Errno) {
      while true {
        sent += try outgoing.write(payload.dropping(first: sent))
        if sent == payload.byteCount { return sent }
        let found = try self.wait(for: .writable, wait.until(deadline))
        guard !found.isEmpty else { throw .wouldBlock }
      }
    } catch {
      // What has been taken is counted; the error comes again with the next call.
      guard sent > 0 else { throw error }
      return sent
    }
  }

  public func receive(
    into output: inout OutputRawSpan, flags: MessageFlags, wait: Wait
  ) throws(Errno) -> ReceivedMetadata {
    let deadline = try deadline(of: wait, flags)
    var total = 0
    while !output.isFull {
      guard let count = incoming.read(into: &output, isPeek: flags.contains(.peek)) else { break }
      total += count
      if count > 0, !flags.contains(.waitForAll) || flags.contains(.peek) { break }
      if count == 0 {
        do throws(Errno) {
          let found = try self.wait(for: .readable, wait.until(deadline))
          guard !found.isEmpty else { throw .wouldBlock }
        } catch {
          // What has come is the caller's; the error comes again with the next call.
          guard total > 0 else { throw error }
          break
        }
      }
    }
    return ReceivedMetadata(count: total)
  }

  private func deadline(of wait: Wait, _ flags: MessageFlags) throws(Errno) -> Deadline {
    if flags.contains(.dontWait) { return .immediate }
    if let deadline = wait.deadline { return deadline }
    return try isNonBlocking() ? .immediate : .forever
  }

  public func shutdown(_ direction: ShutdownKind) throws(Errno) {
    if direction != .read { outgoing.closeWriting() }
    if direction != .write { incoming.closeReading() }
  }

  public func localName() throws(Errno) -> SocketAddress { throw .notSupported }
  public func peerName() throws(Errno) -> SocketAddress { throw .notSupported }

  public func setNonBlocking(_ isOn: Bool) throws(Errno) {
    nonBlocking.store(isOn, ordering: .relaxed)
  }

  public func isNonBlocking() throws(Errno) -> Bool {
    nonBlocking.load(ordering: .relaxed)
  }

  public func close() throws(Errno) {
    SocketDescriptor.unregister(number: readableNumber)
    outgoing.closeWriting()
    incoming.closeReading(isLast: true)
  }
}
