import Glibc
import Synchronization
import SystemPackage
import WestwindSockets

/// A descriptor over another, which has something done once, in the moment between finding that there is no room and saying
/// so.
final class RoomSocket: SocketOperations {
  private let below: any SocketOperations
  private let action = Mutex<(@Sendable () -> Void)?>(nil)
  let readableNumber: CInt
  let writableNumber: CInt

  /// The descriptor to use, which takes the other over and closes it too.
  static func make(over socket: SocketDescriptor) -> (SocketDescriptor, RoomSocket) {
    let made = RoomSocket(below: socket.operations, number: dup(socket.operations.readableNumber))
    return (SocketDescriptor.register(made, number: made.readableNumber), made)
  }

  private init(below: any SocketOperations, number: CInt) {
    self.below = below
    readableNumber = number
    writableNumber = below.writableNumber == below.readableNumber ? number : below.writableNumber
  }

  func whenFull(_ body: @escaping @Sendable () -> Void) {
    action.withLock { $0 = body }
  }

  func send(_ payload: Payload, flags: MessageFlags, wait: Wait) throws(Errno) -> Int {
    do throws(Errno) {
      return try below.send(payload, flags: flags, wait: wait)
    } catch {
      if error == .wouldBlock {
        let body = action.withLock { action in
          defer { action = nil }
          return action
        }
        body?()
      }
      throw error
    }
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
