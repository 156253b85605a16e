internal import CWestwindLinux
public import SystemPackage
internal import WestwindPlatform

/// The kernel number of a layered descriptor: it polls readable when the descriptor below does, or when bytes wait
/// above it.
///
/// It is an epoll instance, which itself can be polled. It watches the number below and an eventfd that is always
/// ready and that several share; the interest in that one is switched on while bytes wait. Switching
/// (`EPOLL_CTL_MOD`) costs a quarter of removing and adding.
///
/// Edge-triggered pollers: an entry of the inner instance stays on its list of ready ones until the instance is polled, also
/// while the interest in it is off. `EPOLL_CTL_MOD` wakes an outer instance only if the entry is not on that list; a change
/// of the watched file always does, and so does adding an entry that is ready. So switching is enough for a program that
/// receives until there is nothing, since bytes that its own call has buffered come with its next call; `wake` is for the
/// rest.
///
/// Source: epoll(7), "an epoll instance can be nested"; `ep_modify` and `ep_poll_callback` in fs/eventpoll.c.
public struct Readiness: ~Copyable, Sendable {
  /// What to poll, and the key in the table of descriptors; -1 once closed.
  public private(set) var number: CInt
  private let below: CInt
  private let output: CInt
  private let alwaysReady: CInt
  private var isBuffered = false
  private var watchesOutput = false
  /// The number below is another file's.
  private var isBelowLost = false
  private var timer: CInt = -1

  /// - Parameters:
  ///   - below: the number to watch. It has to stay open as long as this one.
  ///   - output: the number that polls writable, where it is another.
  /// - Throws: `EMFILE` or `ENFILE` where no number is left, `EPERM` where `below` cannot be polled.
  public init(watching below: CInt, output: CInt? = nil) throws(Errno) {
    let alwaysReady = try AlwaysReady.take()
    var number: CInt = -1
    do throws(Errno) {
      number = try result(epoll_create1(CInt(EPOLL_CLOEXEC))).get()
      Layers.noteOpened(number)
      try Self.control(number, EPOLL_CTL_ADD, below, EPOLLIN.rawValue | EPOLLRDHUP.rawValue)
      try Self.control(number, EPOLL_CTL_ADD, alwaysReady, 0)
    } catch {
      if number >= 0 { _ = WestwindPlatform.close(number) }
      AlwaysReady.giveBack(alwaysReady)
      throw error
    }
    self.number = number
    self.below = below
    self.output = output ?? below
    self.alwaysReady = alwaysReady
  }

  /// Says whether bytes wait in buffers above the descriptor below. Costs nothing where that is no news.
  public mutating func setBuffered(_ isOn: Bool) {
    guard isOn != isBuffered, number >= 0 else { return }
    isBuffered = isOn
    try? Self.control(number, EPOLL_CTL_MOD, alwaysReady, isOn ? EPOLLIN.rawValue : 0)
  }

  /// Says that something waits, and wakes those who poll the number, edge-triggered ones too, whatever they were told
  /// before: for what another thread has done, or what a call has left.
  public mutating func wake() {
    guard number >= 0 else { return }
    isBuffered = true
    Self.reinsert(number, alwaysReady, EPOLLIN.rawValue)
  }

  /// Makes the number readable also when the descriptor below can take output: the owner has something to send and
  /// wants to be called. Edge-triggered pollers are woken too, also where there is room already.
  public mutating func setWatchesOutput(_ isOn: Bool) {
    guard isOn != watchesOutput, number >= 0, !isBelowLost else { return }
    watchesOutput = isOn
    if output == below {
      if isOn {
        Self.reinsert(number, below, interestBelow)
      } else {
        try? Self.control(number, EPOLL_CTL_MOD, below, interestBelow)
      }
    } else {
      try? Self.control(number, isOn ? EPOLL_CTL_ADD : EPOLL_CTL_DEL, output, EPOLLOUT.rawValue)
    }
  }

  /// Makes the number readable when a moment has come; nil: no longer.
  public mutating func setTimer(_ deadline: Deadline?) throws(Errno) {
    guard number >= 0 else { return }
    if timer < 0 {
      guard deadline != nil else { return }
      let flags = CInt(TFD_CLOEXEC) | CInt(TFD_NONBLOCK)
      let made = try result(timerfd_create(CLOCK_MONOTONIC, flags)).get()
      do throws(Errno) {
        try Self.control(number, EPOLL_CTL_ADD, made, EPOLLIN.rawValue)
      } catch {
        _ = WestwindPlatform.close(made)
        throw error
      }
      timer = made
    }
    var setting = itimerspec()
    if let deadline {
      let nanoseconds = max(1, deadline.nanoseconds)  // 0 would stop the timer
      setting.it_value = timespec(
        tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
    }
    // Sound: the structure outlives the call, and the old setting is not asked for.
    _ = try unsafe result(timerfd_settime(timer, CInt(TFD_TIMER_ABSTIME), &setting, nil)).get()
  }

  private var interestBelow: UInt32 {
    let input = EPOLLIN.rawValue | EPOLLRDHUP.rawValue
    return watchesOutput && output == below ? input | EPOLLOUT.rawValue : input
  }

  // MARK: Numbers that were closed by `close(2)`

  /// Whether the number still is this instance. Behind a `close(2)` of the program's it is closed, or another file's.
  ///
  /// Source: epoll_ctl(2): `EBADF`, or `EINVAL` for a file that is no epoll instance, or `ENOENT` for one that does not
  /// watch the eventfd.
  package var isIntact: Bool {
    guard number >= 0 else { return false }
    return (try? Self.control(number, EPOLL_CTL_MOD, alwaysReady, isBuffered ? EPOLLIN.rawValue : 0)) != nil
  }

  /// Whether the number below still is the file that is watched: epoll keeps files, and forgets those that are closed.
  package var watchesBelow: Bool {
    guard number >= 0, !isBelowLost else { return false }
    return (try? Self.control(number, EPOLL_CTL_MOD, below, interestBelow)) != nil
  }

  /// The number below is closed, and may be another file's. Whoever polls this one is woken.
  package mutating func loseBelow() {
    isBelowLost = true
    wake()
  }

  /// The number is another file's, and is left alone.
  package mutating func loseNumber() {
    guard number >= 0 else { return }
    number = -1
    giveBack()
  }

  // MARK: The end

  /// Gives the numbers back. Whoever polls this one is woken.
  public mutating func close() {
    guard number >= 0 else { return }
    if !isBuffered { wake() }
    release()
    number = -1
    timer = -1
  }

  deinit {
    if number >= 0 { release() }
  }

  private func release() {
    if isIntact { _ = WestwindPlatform.close(number) }
    giveBack()
  }

  private func giveBack() {
    if timer >= 0 { _ = WestwindPlatform.close(timer) }
    AlwaysReady.giveBack(alwaysReady)
  }

  private static func reinsert(_ number: CInt, _ target: CInt, _ events: UInt32) {
    // Where it is not there the number is another instance's, or the target another file.
    guard (try? control(number, EPOLL_CTL_DEL, target, 0)) != nil else { return }
    // It had a place before, so there is one.
    try? control(number, EPOLL_CTL_ADD, target, events)
  }

  private static func control(
    _ number: CInt, _ operation: CInt, _ target: CInt, _ events: UInt32
  ) throws(Errno) {
    var event = unsafe epoll_event(events: events, data: epoll_data_t(fd: target))
    // Sound: the kernel copies the event.
    _ = try unsafe result(epoll_ctl(number, operation, target, &event)).get()
  }
}
