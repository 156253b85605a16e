import Synchronization

/// Counts calls from several threads.
final class Counter: Sendable {
  private let value = Atomic<Int>(0)

  /// How often it was called before.
  func next() -> Int {
    value.wrappingAdd(1, ordering: .relaxed).oldValue
  }
}
