import CWestwindLinux
import Glibc
import Testing
import WestwindSockets

/// An epoll instance that watches one number, edge-triggered: it tells of each change once.
final class EdgePoller {
  private let instance = epoll_create1(CInt(EPOLL_CLOEXEC))

  init(watching number: CInt) throws {
    try #require(instance >= 0)
    var event = epoll_event(events: EPOLLIN.rawValue | EPOLLET.rawValue, data: epoll_data_t(fd: number))
    try #require(epoll_ctl(instance, EPOLL_CTL_ADD, number, &event) == 0)
  }

  deinit { _ = close(instance) }

  /// Whether something has changed since the last time, or does before the timeout.
  func wakes(_ timeout: Timeout = patience) -> Bool {
    var event = epoll_event()
    return epoll_wait(instance, &event, 1, timeout == .immediate ? 0 : 10_000) == 1
      && event.events & EPOLLIN.rawValue != 0
  }
}
