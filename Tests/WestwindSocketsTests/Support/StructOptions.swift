import Glibc
import WestwindSockets

extension SocketDescriptor {
  /// Sets an option whose value is a time.
  func setTimeOption(_ name: CInt, milliseconds: Int) throws {
    var time = timeval(tv_sec: milliseconds / 1000, tv_usec: milliseconds % 1000 * 1000)
    try withUnsafeBytes(of: &time) {
      try setsockopt(level: SOL_SOCKET, name: name, value: RawSpan(_unsafeBytes: $0))
    }
  }
}
