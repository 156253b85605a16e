import Glibc
import WestwindSockets
import WestwindTestSupport

/// Where a group of threads is: known to the kernel, so nobody has to guess by waiting a while.
final class Activity: Sendable {
  private let identifiers: Lock<[pid_t?]>

  init(_ count: Int) {
    identifiers = Lock(Array(repeating: nil, count: count))
  }

  /// Called by a thread, before the call that it will be blocked in.
  func enter(_ index: Int) {
    // A link to `12345/task/12346`.
    var target = [CChar](repeating: 0, count: 64)
    let count = readlink("/proc/thread-self", &target, target.count)
    let path = String(decoding: target.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let identifier = path.split(separator: "/").last.flatMap { pid_t($0) }
    identifiers.withLock { $0[index] = identifier }
  }

  func waitUntilEntered() {
    while identifiers.withLock({ $0.contains(nil) }) { sched_yield() }
  }

  /// Waits until all threads sleep in the kernel, and do so again and again when looked at.
  func waitUntilAsleep(timeout: Duration = .seconds(60)) throws {
    waitUntilEntered()
    let identifiers = identifiers.withLock { $0.compactMap { $0 } }
    let deadline = ContinuousClock.now + timeout
    var looks = 0
    while looks < 20 {
      guard .now < deadline else { throw TestSupportError("the threads do not come to rest") }
      looks = identifiers.allSatisfy(isAsleep) ? looks + 1 : 0
      usleep(200)
    }
  }

  private func isAsleep(_ identifier: pid_t) -> Bool {
    guard let file = fopen("/proc/self/task/\(identifier)/stat", "r") else { return false }
    defer { fclose(file) }
    var text = [UInt8](repeating: 0, count: 512)
    let count = fread(&text, 1, text.count, file)
    // `12345 (name) S ...`
    guard let end = text[..<count].lastIndex(of: UInt8(ascii: ")")), end + 2 < count else { return false }
    return text[end + 2] == UInt8(ascii: "S")
  }
}
