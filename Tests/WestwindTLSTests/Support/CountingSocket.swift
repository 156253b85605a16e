import Synchronization
import SystemPackage
import WestwindSockets

/// Counts what is asked of a kernel socket, whose place in the table it takes.
final class CountingSocket: SocketOperations {
  private let below: any SocketOperations
  private let sends = Atomic<Int>(0)
  private let receives = Atomic<Int>(0)
  private let waits = Atomic<Int>(0)
  let readableNumber: CInt
  var writableNumber: CInt { readableNumber }

  init(over socket: SocketDescriptor) {
    below = socket.operations
    readableNumber = socket.rawValue
    _ = SocketDescriptor.register(self, number: readableNumber)
  }

  /// Sends, receives and waits since the last time.
  func take() -> [Int] {
    [
      sends.exchange(0, ordering: .relaxed), receives.exchange(0, ordering: .relaxed),
      waits.exchange(0, ordering: .relaxed),
    ]
  }

  func send(_ payload: Payload, flags: MessageFlags, wait: Wait) throws(Errno) -> Int {
    sends.add(1, ordering: .relaxed)
    return try below.send(payload, flags: flags, wait: wait)
  }

  func receive(into output: inout OutputRawSpan, flags: MessageFlags, wait: Wait) throws(Errno) -> ReceivedMetadata {
    receives.add(1, ordering: .relaxed)
    return try below.receive(into: &output, flags: flags, wait: wait)
  }

  func wait(for events: PollEvents, _ wait: Wait) throws(Errno) -> PollEvents {
    waits.add(1, ordering: .relaxed)
    return try below.wait(for: events, wait)
  }

  func setNonBlocking(_ isOn: Bool) throws(Errno) { try below.setNonBlocking(isOn) }
  func isNonBlocking() throws(Errno) -> Bool { try below.isNonBlocking() }

  func close() throws(Errno) {
    SocketDescriptor.unregister(number: readableNumber)
    try below.close()
  }
}
