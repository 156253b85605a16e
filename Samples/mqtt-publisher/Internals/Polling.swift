import Glibc

/// Waits until a descriptor has input, or is at its end.
///
/// - Returns: false where neither was so in time.
///
/// The corresponding C function is `poll`.
func pollForInput(_ number: CInt, milliseconds: Int32) -> Bool {
  pollForInput(number, and: -1, milliseconds: milliseconds).first
}

/// Waits until one of two descriptors has input, or is at its end.
///
/// - Parameters:
///   - second: -1 for none.
///   - milliseconds: -1 waits without end.
/// - Returns: which of them; neither where the time is over. A signal begins the time anew.
func pollForInput(_ first: CInt, and second: CInt, milliseconds: Int32) -> (first: Bool, second: Bool) {
  var entries: InlineArray<2, pollfd> = [
    pollfd(fd: first, events: Int16(POLLIN), revents: 0), pollfd(fd: second, events: Int16(POLLIN), revents: 0),
  ]
  var span = entries.mutableSpan
  let count = span.withUnsafeMutableBufferPointer { entries in
    var count: CInt
    repeat { count = poll(entries.baseAddress, 2, milliseconds) } while count < 0 && errno == EINTR
    return count
  }
  guard count > 0 else { return (false, false) }
  return (entries[0].revents != 0, entries[1].revents != 0)
}

/// Lets another thread that waits for this processor have it.
///
/// The corresponding C function is `sched_yield`.
func yieldProcessor() { sched_yield() }
