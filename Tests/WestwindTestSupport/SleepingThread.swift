import Glibc
import Synchronization

/// A thread in a call that blocks.
public final class SleepingThread<Value: Sendable>: Sendable {
  private let thread: BlockingThread<Value>
  private let path: Path

  private final class Path: Sendable {
    let value = Mutex<String?>(nil)
  }

  /// Starts the call, and returns once its thread sleeps in the kernel.
  public init(_ call: @escaping @Sendable () throws -> Value) throws {
    let path = Path()
    self.path = path
    thread = BlockingThread {
      path.value.withLock { $0 = "/proc/" + link("/proc/thread-self") + "/stat" }
      return try call()
    }
    let end = ContinuousClock.now + .seconds(20)
    // Seen asleep a few times in a row, it is in the call that it is meant to be blocked in, and not on its way there.
    var sightings = 0
    while sightings < 5 {
      guard ContinuousClock.now < end else { throw TestSupportError("the thread does not block") }
      usleep(1000)
      sightings = isAsleep ? sightings + 1 : 0
    }
  }

  private var isAsleep: Bool {
    guard let path = path.value.withLock({ $0 }), let file = fopen(path, "r") else { return false }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 512)
    guard fgets(&line, 512, file) != nil else { return false }
    // "tid (name) state ..."; the name may have anything in it, so the last parenthesis counts.
    let text = String(decoding: line.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return text.split(separator: ")").last?.hasPrefix(" S") == true
  }

  /// Waits for the end of the thread and gives back, or throws, what its call did.
  public func join() throws -> Value { try thread.join() }
}

private func link(_ path: String) -> String {
  var target = [UInt8](repeating: 0, count: 256)
  let length = target.withUnsafeMutableBytes {
    readlink(path, $0.baseAddress!.assumingMemoryBound(to: CChar.self), $0.count)
  }
  return String(decoding: target.prefix(max(0, length)), as: UTF8.self)
}
