internal import CWestwindLinux
internal import Glibc
internal import SystemPackage

/// Polls the number for input and the number for output, which may be the same.
///
/// - Returns: the events that are there; none at the deadline.
/// - Throws: `ECANCELED` where the wait was interrupted.
func waitInKernel(readable: CInt, writable: CInt, for events: PollEvents, _ wait: Wait) throws(Errno) -> PollEvents {
  let input = events.intersection(.readable)
  let output = events.intersection(.writable)
  var entries = InlineArray<2, pollfd>(repeating: pollfd(fd: -1, events: 0, revents: 0))
  if readable == writable || output.isEmpty {
    entries[0] = pollfd(fd: readable, events: events.rawValue, revents: 0)
  } else {
    if !input.isEmpty { entries[0] = pollfd(fd: readable, events: input.rawValue, revents: 0) }
    entries[1] = pollfd(fd: writable, events: output.rawValue, revents: 0)
  }
  let deadline = wait.deadline ?? .forever
  while true {
    let outcome =
      deadline == .immediate
      ? Syscalls.poll(&entries, count: 2, until: deadline)
      : wait.blocking { Syscalls.poll(&entries, count: 2, until: deadline) }
    if case .failure(.interrupted) = outcome { continue }
    let count = try outcome.get()
    guard count > 0 else { return [] }
    return PollEvents(rawValue: entries[0].revents | entries[1].revents)
  }
}
