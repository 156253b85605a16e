import Synchronization
import SystemPackage
import WestwindSockets

/// A kernel socket that counts what is asked of it. It takes the socket's place in the table of descriptors, so all
/// that is opened over the socket goes through it.
final class CountingSocket: SocketOperations {
  private let below: any SocketOperations
  private let sendCount = Atomic<Int>(0)
  private let receiveCount = Atomic<Int>(0)
  private let waitCount = Atomic<Int>(0)

  /// Operations since the last `reset`.
  struct Counts: Hashable, Sendable {
    var sends = 0
    var receives = 0
    var waits = 0
  }

  init(over socket: SocketDescriptor) {
    below = socket.operations
    _ = SocketDescriptor.register(self, number: socket.rawValue)
  }

  var counts: Counts {
    Counts(
      sends: sendCount.load(ordering: .relaxed), receives: receiveCount.load(ordering: .relaxed),
      waits: waitCount.load(ordering: .relaxed))
  }

  func reset() {
    sendCount.store(0, ordering: .relaxed)
    receiveCount.store(0, ordering: .relaxed)
    waitCount.store(0, ordering: .relaxed)
  }

  var readableNumber: CInt { below.readableNumber }
  var writableNumber: CInt { below.writableNumber }

  func send(_ payload: Payload, flags: MessageFlags, wait: Wait) throws(Errno) -> Int {
    sendCount.add(1, ordering: .relaxed)
    return try below.send(payload, flags: flags, wait: wait)
  }

  func receive(into output: inout OutputRawSpan, flags: MessageFlags, wait: Wait) throws(Errno) -> ReceivedMetadata {
    receiveCount.add(1, ordering: .relaxed)
    return try below.receive(into: &output, flags: flags, wait: wait)
  }

  func wait(for events: PollEvents, _ wait: Wait) throws(Errno) -> PollEvents {
    waitCount.add(1, ordering: .relaxed)
    return try below.wait(for: events, wait)
  }

  func setNonBlocking(_ isOn: Bool) throws(Errno) { try below.setNonBlocking(isOn) }
  func isNonBlocking() throws(Errno) -> Bool { try below.isNonBlocking() }

  func close() throws(Errno) {
    SocketDescriptor.unregister(number: readableNumber)
    try below.close()
  }
}
