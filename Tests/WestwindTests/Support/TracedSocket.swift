import Glibc
import Synchronization
import SystemPackage
import WestwindSockets

/// A descriptor over another that notes what is written to it, call by call.
final class TracedSocket: SocketOperations {
  private let below: any SocketOperations
  private let state = Mutex<[Int]>([])
  let readableNumber: CInt
  var writableNumber: CInt { below.writableNumber }

  /// The descriptor to use, which takes the other over and closes it too.
  static func make(over socket: SocketDescriptor) -> (SocketDescriptor, TracedSocket) {
    let traced = TracedSocket(below: socket.operations, number: dup(socket.operations.readableNumber))
    return (SocketDescriptor.register(traced, number: traced.readableNumber), traced)
  }

  private init(below: any SocketOperations, number: CInt) {
    self.below = below
    readableNumber = number
  }

  /// The bytes that each write took, since the last look.
  func takeWrites() -> [Int] {
    state.withLock { sizes in
      defer { sizes = [] }
      return sizes
    }
  }

  func send(_ payload: Payload, flags: MessageFlags, wait: Wait) throws(Errno) -> Int {
    let count = try below.send(payload, flags: flags, wait: wait)
    state.withLock { $0.append(count) }
    return count
  }

  func receive(into output: inout OutputRawSpan, flags: MessageFlags, wait: Wait) throws(Errno) -> ReceivedMetadata {
    try below.receive(into: &output, flags: flags, wait: wait)
  }

  func wait(for events: PollEvents, _ wait: Wait) throws(Errno) -> PollEvents {
    try below.wait(for: events, wait)
  }

  func setNonBlocking(_ isOn: Bool) throws(Errno) { try below.setNonBlocking(isOn) }
  func isNonBlocking() throws(Errno) -> Bool { try below.isNonBlocking() }

  func close() throws(Errno) {
    SocketDescriptor.unregister(number: readableNumber)
    _ = Glibc.close(readableNumber)
    try below.close()
  }
}
