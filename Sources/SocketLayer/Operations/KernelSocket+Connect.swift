internal import CLinux
internal import Glibc
internal import SystemPackage

extension KernelSocket {
  func connect(to address: SocketAddress, wait: Wait) throws(Errno) {
    let deadline = wait.deadline ?? .forever
    let wasNonBlocking = try isNonBlocking()
    try setNonBlocking(true)
    defer { try? setNonBlocking(wasNonBlocking) }
    waiting: while true {
      switch unsafe address.withPointer({ unsafe result(Glibc.connect(number, $0, $1)) }) {
      case .success:
        return
      case .failure(.nowInProgress), .failure(.interrupted):
        break waiting
      case .failure(.wouldBlock) where address.family == .unix:
        // The listener's queue is full, and nothing tells when it no longer is.
        guard !deadline.hasPassed else { throw .timedOut }
        Syscalls.sleep(nanoseconds: 1_000_000)
      case .failure(let error):
        throw error
      }
    }
    let events = try self.wait(for: .writable, Wait(until: deadline, interruption: wait.interruption))
    guard !events.isEmpty else { throw .timedOut }
    let code = try SocketDescriptor(rawValue: number).getsockopt(level: SOL_SOCKET, name: SO_ERROR)
    if code != 0 { throw Errno(rawValue: code) }
  }

  func bind(to address: SocketAddress) throws(Errno) {
    _ = try unsafe address.withPointer { unsafe result(Glibc.bind(number, $0, $1)) }.get()
  }

  func listen(backlog: CInt) throws(Errno) {
    _ = try result(Glibc.listen(number, backlog)).get()
  }
}
