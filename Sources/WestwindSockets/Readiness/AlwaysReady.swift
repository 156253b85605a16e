internal import CWestwindLinux
internal import SystemPackage
internal import WestwindPlatform

/// Eventfds with something in them, for ever.
///
/// One would do for the process, but for a limit of Linux: from one file, no more than 500 ways may lead over two epoll
/// instances, 100 over three, 50 over four and 10 over five (`path_limits` in fs/eventpoll.c), and what would make one
/// too many fails with `EINVAL`. A secure WebSocket is two instances, and the program's own comes on top.
enum AlwaysReady {
  /// So few share one that five instances may be nested.
  private static let limit = 10

  private struct State {
    /// The one that is kept for the life of the process, so that a few descriptors do not make and close one each time.
    var first: CInt?
    var users: [CInt: Int] = [:]
    var withRoom: [CInt] = []
  }

  private static let state = SharedLock(State())

  static func take() throws(Errno) -> CInt {
    try state.withLock { state throws(Errno) in
      if state.withRoom.isEmpty {
        let made = try result(eventfd(1, CInt(EFD_CLOEXEC) | CInt(EFD_NONBLOCK))).get()
        if state.first == nil { state.first = made }
        state.users[made] = 0
        state.withRoom.append(made)
      }
      // There is one: it was there, or has just been made.
      let number = state.withRoom[state.withRoom.count - 1]
      let users = state.users[number, default: 0] + 1
      state.users[number] = users
      if users == limit { state.withRoom.removeLast() }
      return number
    }
  }

  /// For a number that was taken, whose epoll instance is closed.
  static func giveBack(_ number: CInt) {
    state.withLock { state in
      let users = state.users[number, default: 1] - 1
      if users == limit - 1 { state.withRoom.append(number) }
      state.users[number] = users
      if users == 0, number != state.first {
        state.users[number] = nil
        state.withRoom.removeAll { $0 == number }
        _ = WestwindPlatform.close(number)
      }
    }
  }
}
