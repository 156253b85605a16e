/// A value that one thread gives, once, and others wait for up to a deadline.
package final class LateValue<Value: Sendable>: Sendable {
  private let value = Monitor<Value?>(nil)

  package init() {}

  package func give(_ value: Value) {
    self.value.change { $0 = value }
  }

  /// - Returns: nil where the deadline passed before the value was there.
  package func wait(until deadline: Deadline) -> Value? {
    value.wait(until: deadline) { $0 }
  }
}
