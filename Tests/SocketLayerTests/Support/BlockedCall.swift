import Glibc
import Synchronization
import TestSupport

/// A blocking call in a thread of its own, of which a test can tell whether it waits and whether it ends.
final class BlockedCall<Value: Sendable>: Sendable {
  private let thread: BlockingThread<Value>
  private let place: Place
  private let hasEnded: Flag

  /// Where the thread is to be found.
  private final class Place: Sendable {
    let value = Mutex<(folder: String, thread: pthread_t)?>(nil)
  }

  init(_ body: @escaping @Sendable () throws -> Value) {
    let place = Place()
    let hasEnded = Flag()
    thread = BlockingThread {
      place.value.withLock { $0 = (threadFolder(), pthread_self()) }
      defer { hasEnded.set() }
      return try body()
    }
    self.place = place
    self.hasEnded = hasEnded
  }

  var isOver: Bool { hasEnded.isSet }

  /// Waits until the thread sleeps in the kernel. It throws where the call is over before.
  func waitUntilBlocked() throws {
    var times = 0
    try wait(until: "a thread blocks") {
      guard !isOver else { throw TestSupportError("the call did not block") }
      guard let folder = place.value.withLock({ $0?.folder }) else { return false }
      times = isSleeping(folder) ? times + 1 : 0
      return times == 4
    }
  }

  /// Sends the thread a signal. It has not been joined, so the number is still its own.
  func signal(_ number: CInt) {
    if let thread = place.value.withLock({ $0?.thread }) { pthread_kill(thread, number) }
  }

  /// What the call gave back. It throws where the call does not end in time; the thread is left behind then.
  func join(within limit: Duration = .seconds(30)) throws -> Value {
    try wait(until: "a call ends", within: limit) { isOver }
    return try thread.join()
  }
}

/// The calling thread's folder in `/proc`.
private func threadFolder() -> String {
  var target = [UInt8](repeating: 0, count: 256)
  let length = target.withUnsafeMutableBytes {
    readlink("/proc/thread-self", $0.baseAddress!.assumingMemoryBound(to: CChar.self), $0.count)
  }
  return "/proc/" + String(decoding: target.prefix(max(0, length)), as: UTF8.self)
}

/// Whether a thread sleeps in a system call: `S` behind the name in parentheses (proc(5)).
private func isSleeping(_ folder: String) -> Bool {
  let file = open(folder + "/stat", O_RDONLY | O_CLOEXEC)
  guard file >= 0 else { return false }
  defer { close(file) }
  var bytes = [UInt8](repeating: 0, count: 512)
  let count = read(file, &bytes, bytes.count)
  guard count > 0, let end = bytes[..<count].lastIndex(of: UInt8(ascii: ")")), end + 2 < count else { return false }
  return bytes[end + 2] == UInt8(ascii: "S")
}
