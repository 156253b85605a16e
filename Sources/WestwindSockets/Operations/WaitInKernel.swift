internal import CWestwindLinux
internal import SystemPackage
internal import WestwindPlatform

/// How long a wait is that no wake descriptor can end, because the process has no descriptor left, before the layers look
/// whether they have been woken.
private let pollingInterval = Timeout.milliseconds(10)

/// How long a descriptor rests that is ready only for its queue of errors (`MSG_ERRQUEUE`), which is the program's to read:
/// nothing can be received, and nobody can wait.
private let errorQueueNanoseconds = 1_000_000

/// Polls a kernel descriptor for input and one for output, which may be the same.
///
/// - Returns: the events that are there; none at the deadline.
/// - Throws: `woken` if another thread has ended the wait. That may be about any layer, or about nothing that still holds:
///   look, and wait again.
func waitInKernel(readable: CInt, writable: CInt, for events: PollEvents, _ wait: Wait) throws(Errno) -> PollEvents {
  let input = events.intersection(.readable)
  let output = events.intersection(.writable)
  var entries = InlineArray<3, pollfd>(repeating: pollfd(fd: -1, events: 0, revents: 0))
  if readable == writable || output.isEmpty {
    entries[0] = pollfd(fd: readable, events: events.rawValue, revents: 0)
  } else {
    if !input.isEmpty { entries[0] = pollfd(fd: readable, events: input.rawValue, revents: 0) }
    entries[1] = pollfd(fd: writable, events: output.rawValue, revents: 0)
  }
  let deadline = wait.deadline ?? .forever
  guard let waker = wait.waker, deadline != .immediate else {
    return try poll(&entries, until: deadline) ?? []
  }
  let wake = cl_wake_descriptor()
  let isEntered = waker.enter(wake)
  defer { if isEntered { waker.leave(wake) } }
  guard !waker.isWoken else { throw .woken }
  guard isEntered else { return try waitInSteps(&entries, until: deadline) }
  entries[2] = pollfd(fd: wake, events: CShort(POLLIN), revents: 0)
  let found = try poll(&entries, until: deadline)
  guard entries[2].revents != 0 else { return found ?? [] }
  Syscalls.clearEvent(wake)
  guard let found, !found.isEmpty else { throw .woken }
  return found
}

/// - Returns: the events of the first two entries; nil at the deadline.
@inline(__always) private func poll(
  _ entries: inout InlineArray<3, pollfd>, until deadline: Deadline
) throws(Errno) -> PollEvents? {
  while true {
    let outcome = Syscalls.poll(&entries, until: deadline)
    if case .failure(.interrupted) = outcome { continue }
    guard try outcome.get() > 0 else { return nil }
    let found = PollEvents(rawValue: entries[0].revents | entries[1].revents)
    if found == .error { Syscalls.sleep(nanoseconds: errorQueueNanoseconds) }
    return found
  }
}

/// Another layer's waker may be the one that has been used, so all of them look after each step.
private func waitInSteps(
  _ entries: inout InlineArray<3, pollfd>, until deadline: Deadline
) throws(Errno) -> PollEvents {
  if let found = try poll(&entries, until: min(deadline, Deadline.now.adding(pollingInterval))) { return found }
  if deadline.hasPassed { return [] }
  throw .woken
}
