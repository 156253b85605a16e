import Glibc
import WestwindSockets

extension SocketDescriptor {
  /// Whether the kernel finds the number readable, whatever the layers over it hold.
  var isReadableInKernel: Bool {
    var entry = pollfd(fd: rawValue, events: Int16(POLLIN), revents: 0)
    return Glibc.poll(&entry, 1, 0) == 1 && entry.revents & Int16(POLLIN) != 0
  }
}
