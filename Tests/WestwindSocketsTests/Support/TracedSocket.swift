import Glibc
import SystemPackage
import WestwindSockets

/// A kind of descriptor of the tests' own: it passes everything to the one below, and counts.
///
/// Its number is a duplicate of the one below, so it polls as that does.
final class TracedSocket: SocketOperations {
  let sends = Counter()
  let receives = Counter()
  let waits = Counter()
  let closes = Counter()
  private let below: any SocketOperations
  private let number: CInt

  static func make(over socket: SocketDescriptor) throws -> (SocketDescriptor, TracedSocket) {
    let number = fcntl(socket.rawValue, F_DUPFD_CLOEXEC, 0)
    guard number >= 0 else { throw Errno(rawValue: errno) }
    let traced = TracedSocket(below: socket.operations, number: number)
    return (SocketDescriptor.register(traced, number: number), traced)
  }

  private init(below: any SocketOperations, number: CInt) {
    self.below = below
    self.number = number
  }

  var readableNumber: CInt { number }
  var writableNumber: CInt { below.writableNumber }

  func send(_ payload: Payload, flags: MessageFlags, wait: Wait) throws(Errno) -> Int {
    sends.increment()
    return try below.send(payload, flags: flags, wait: wait)
  }

  func receive(into output: inout OutputRawSpan, flags: MessageFlags, wait: Wait) throws(Errno) -> ReceivedMetadata {
    receives.increment()
    return try below.receive(into: &output, flags: flags, wait: wait)
  }

  func wait(for events: PollEvents, _ wait: Wait) throws(Errno) -> PollEvents {
    waits.increment()
    return try below.wait(for: events, wait)
  }

  func setNonBlocking(_ isOn: Bool) throws(Errno) { try below.setNonBlocking(isOn) }
  func isNonBlocking() throws(Errno) -> Bool { try below.isNonBlocking() }

  func close() throws(Errno) {
    closes.increment()
    SocketDescriptor.unregister(number: number)
    _ = Glibc.close(number)
  }
}
