import CWestwindLinux
import Glibc
import WestwindSockets

/// Whether `poll(2)` finds a number readable, in the time given.
func pollsReadable(_ number: CInt, _ timeout: Timeout) throws -> Bool {
  var entry = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
  return poll(&entry, 1, timeout == .immediate ? 0 : 30_000) == 1 && entry.revents & Int16(POLLIN) != 0
}
