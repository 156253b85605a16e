import Glibc
import Synchronization
import WestwindTestSupport

/// A switch that threads share.
final class Flag: Sendable {
  private let value = Atomic<Bool>(false)

  var isSet: Bool { value.load(ordering: .acquiring) }

  func set() {
    value.store(true, ordering: .releasing)
  }
}

/// A number that threads share.
final class Counter: Sendable {
  private let count = Atomic<Int>(0)

  var value: Int { count.load(ordering: .acquiring) }

  func increment() {
    count.add(1, ordering: .acquiringAndReleasing)
  }
}

/// Waits until something is so. Throws at the deadline.
func wait(
  until what: String, within limit: Duration = .seconds(30), _ condition: () throws -> Bool
) throws {
  let deadline = ContinuousClock.now + limit
  while try !condition() {
    guard .now < deadline else { throw TestSupportError("waited in vain until \(what)") }
    usleep(500)
  }
}

/// How long something took.
func elapsed<R>(_ body: () throws -> R) rethrows -> (result: R, time: Duration) {
  let start = ContinuousClock.now
  let result = try body()
  return (result, .now - start)
}

/// What a test calls "in time": far more than it takes, far less than for ever.
let inTime: Duration = .seconds(20)
