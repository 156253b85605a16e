import CWestwindLinux
import Dispatch
import Glibc
import Testing
import WestwindSockets

/// The ways in which programs find out that a descriptor has something to read.
enum Watcher: String, Sendable, CaseIterable, CustomTestStringConvertible {
  case poll = "poll(2)"
  case epoll
  case dispatchSource = "a Dispatch source"
  case layer = "SocketDescriptor.poll"

  var testDescription: String { rawValue }

  /// Whether the descriptor becomes readable, or is.
  func sees(_ descriptor: SocketDescriptor, within limit: Timeout = .seconds(20)) throws -> Bool {
    let number = descriptor.rawValue
    switch self {
    case .poll: return pollsReadable(number, milliseconds: limit.milliseconds)
    case .epoll: return try epollsReadable(number, milliseconds: limit.milliseconds)
    case .dispatchSource:
      // A source says nothing where there is nothing to read, so it needs a moment to say nothing in.
      return firesSource(number, milliseconds: max(30, limit.milliseconds))
    case .layer: return try descriptor.poll(for: .readable, timeout: limit).contains(.readable)
    }
  }

  /// Whether the descriptor is readable at this moment.
  func seesNow(_ descriptor: SocketDescriptor) throws -> Bool {
    try sees(descriptor, within: .immediate)
  }
}

/// `poll(2)` on a number.
func pollsReadable(_ number: CInt, milliseconds: CInt) -> Bool {
  var entry = pollfd(fd: number, events: CShort(POLLIN), revents: 0)
  return poll(&entry, 1, milliseconds) == 1 && entry.revents & CShort(POLLIN) != 0
}

private func epollsReadable(_ number: CInt, milliseconds: CInt) throws -> Bool {
  let epoll = try Epoll()
  try epoll.add(number)
  return epoll.wait(milliseconds: milliseconds) == number
}

/// An epoll instance.
final class Epoll: Sendable {
  private let number = epoll_create1(CInt(EPOLL_CLOEXEC))

  init() throws {
    try #require(number >= 0)
  }

  deinit {
    _ = close(number)
  }

  func add(_ watched: CInt) throws {
    var event = epoll_event(events: EPOLLIN.rawValue, data: epoll_data_t(fd: watched))
    try #require(epoll_ctl(number, EPOLL_CTL_ADD, watched, &event) == 0)
  }

  /// The number that is readable; nil at the timeout.
  func wait(milliseconds: CInt) -> CInt? {
    var event = epoll_event()
    guard epoll_wait(number, &event, 1, milliseconds) == 1, event.events & EPOLLIN.rawValue != 0 else { return nil }
    return event.data.fd
  }
}

private func firesSource(_ number: CInt, milliseconds: CInt) -> Bool {
  let queue = DispatchQueue(label: "readability")
  let source = DispatchSource.makeReadSource(fileDescriptor: number, queue: queue)
  let fired = DispatchSemaphore(value: 0)
  let isCancelled = DispatchSemaphore(value: 0)
  source.setEventHandler {
    fired.signal()
    source.cancel()
  }
  source.setCancelHandler { isCancelled.signal() }
  source.activate()
  let outcome = fired.wait(timeout: .now() + .milliseconds(Int(milliseconds)))
  // The number may be closed only once the source has let go of it.
  source.cancel()
  isCancelled.wait()
  return outcome == .success
}

extension Timeout {
  fileprivate var milliseconds: CInt {
    self == .immediate ? 0 : 20_000
  }
}
