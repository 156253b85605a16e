import Glibc
import Synchronization
import WestwindTestSupport

/// A blocking call in a thread of its own, of which a test can tell whether it waits and whether it ends.
final class BlockedCall<Value: Sendable>: Sendable {
  private let thread: BlockingThread<Value>
  private let place: Place
  private let hasEnded: Flag

  /// Where the thread is to be found.
  private final class Place: Sendable {
    let thread = Atomic<pthread_t>(0)
    /// The kernel's number for the thread; 0 until both are known.
    let task = Atomic<Int>(0)
  }

  init(_ body: @escaping @Sendable () throws -> Value) {
    let place = Place()
    let hasEnded = Flag()
    thread = BlockingThread {
      place.thread.store(pthread_self(), ordering: .relaxed)
      place.task.store(presentTask(), ordering: .releasing)
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
      let task = place.task.load(ordering: .acquiring)
      times = task != 0 && isSleeping(task) ? times + 1 : 0
      return times == 4
    }
  }

  /// Sends the thread a signal. It has not been joined, so the number is still its own.
  func signal(_ number: CInt) {
    if place.task.load(ordering: .acquiring) != 0 { pthread_kill(place.thread.load(ordering: .relaxed), number) }
  }

  /// What the call gave back. It throws where the call does not end in time; the thread is left behind then.
  func join(within limit: Duration = .seconds(30)) throws -> Value {
    try wait(until: "a call ends", within: limit) { isOver }
    return try thread.join()
  }
}

/// The kernel's number of the calling thread.
private func presentTask() -> Int {
  var target = [UInt8](repeating: 0, count: 256)
  let length = target.withUnsafeMutableBytes {
    readlink("/proc/thread-self", $0.baseAddress!.assumingMemoryBound(to: CChar.self), $0.count)
  }
  // The process's number, `/task/`, the thread's.
  let path = String(decoding: target.prefix(max(0, length)), as: UTF8.self)
  return path.split(separator: "/").last.flatMap { Int($0) } ?? 0
}

/// Whether a thread sleeps in a system call: `S` behind the name in parentheses (proc(5)).
private func isSleeping(_ task: Int) -> Bool {
  let file = open("/proc/self/task/\(task)/stat", O_RDONLY | O_CLOEXEC)
  guard file >= 0 else { return false }
  defer { close(file) }
  var bytes = [UInt8](repeating: 0, count: 512)
  let count = read(file, &bytes, bytes.count)
  guard count > 0, let end = bytes[..<count].lastIndex(of: UInt8(ascii: ")")), end + 2 < count else { return false }
  return bytes[end + 2] == UInt8(ascii: "S")
}
