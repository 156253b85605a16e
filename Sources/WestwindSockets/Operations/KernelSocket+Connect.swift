internal import CWestwindLinux
internal import SystemPackage
internal import WestwindPlatform

extension KernelSocket {
  func connect(to address: SocketAddress, wait: Wait) throws(Errno) {
    let deadline = wait.deadline ?? .forever
    let wasNonBlocking = try isNonBlocking()
    let socket = SocketDescriptor(rawValue: number)
    if !wasNonBlocking, deadline == .forever, wait.waker == nil, address.family != .unix {
      // The call itself waits. Where a signal cuts that short, the connecting goes on (POSIX, connect: EINTR), but not on a
      // path whose listener's queue is full.
      let start = Deadline.now
      guard try !socket.startConnect(to: address) else { return }
      // Or SO_SNDTIMEO has.
      let end = start.adding(timeout(SO_SNDTIMEO))
      guard try !self.wait(for: .writable, wait.until(end)).isEmpty else { throw .nowInProgress }
      return try socket.finishConnect()
    }
    try setNonBlocking(true)
    defer { try? setNonBlocking(wasNonBlocking) }
    starting: while true {
      do throws(Errno) {
        guard try !socket.startConnect(to: address) else { return }
        break starting
      } catch {
        // The listener's queue is full, and nothing tells when it no longer is.
        guard error == .wouldBlock, address.family == .unix else { throw error }
        guard !deadline.hasPassed else { throw .timedOut }
        Syscalls.sleep(nanoseconds: 1_000_000)
      }
    }
    let events = try self.wait(for: .writable, wait.until(deadline))
    guard !events.isEmpty else { throw .timedOut }
    try socket.finishConnect()
  }

  func bind(to address: SocketAddress) throws(Errno) {
    _ = try unsafe address.withPointer { unsafe result(WestwindPlatform.bind(number, $0, $1)) }.get()
  }

  func listen(backlog: CInt) throws(Errno) {
    _ = try result(WestwindPlatform.listen(number, backlog)).get()
  }
}
