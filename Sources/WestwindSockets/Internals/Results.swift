package import SystemPackage
internal import WestwindPlatform

/// The outcome of a call that returns -1 and sets `errno`.
func result<I: FixedWidthInteger>(_ value: I) -> Result<I, Errno> {
  value == -1 ? .failure(Errno(rawValue: errno)) : .success(value)
}

/// The outcome of a call that is made again while a signal interrupts it.
package func retryingInterrupts<I: FixedWidthInteger>(_ call: () -> I) -> Result<I, Errno> {
  while true {
    let outcome = result(call())
    if case .failure(.interrupted) = outcome { continue }
    return outcome
  }
}
