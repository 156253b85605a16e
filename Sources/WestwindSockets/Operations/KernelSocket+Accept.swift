internal import CWestwindLinux
internal import SystemPackage
internal import WestwindPlatform

extension KernelSocket {
  /// Held while a blocking listener does not wait for the length of a call.
  private static let switching = SharedLock(())

  func accept(wait: Wait) throws(Errno) -> SocketDescriptor {
    while true {
      if wait.deadline != nil, try self.wait(for: .readable, wait).isEmpty { throw .wouldBlock }
      switch wait.deadline == nil ? accept() : acceptNow() {
      case .success(let number):
        Layers.noteOpened(number)
        return SocketDescriptor(rawValue: number)
      // Another thread has taken the connection.
      case .failure(.wouldBlock) where wait.deadline?.hasPassed == false: continue
      case .failure(let error): throw error
      }
    }
  }

  /// Takes the next connection, waiting as the socket is set.
  func accept() -> Result<CInt, Errno> {
    while true {
      let outcome = take()
      // Another thread may be in `acceptNow` on the same socket.
      if case .failure(.wouldBlock) = outcome,
        KernelSocket.switching.withLock({ _ in waitsWithoutEnd(SO_RCVTIMEO) })
      {
        continue
      }
      return outcome
    }
  }

  /// Takes a connection that is there; `EAGAIN` where none is, also on a blocking socket, for which `accept4` has no
  /// flag.
  func acceptNow() -> Result<CInt, Errno> {
    KernelSocket.switching.withLock { _ in
      guard (try? isNonBlocking()) == false else { return take() }
      try? setNonBlocking(true)
      defer { try? setNonBlocking(false) }
      return take()
    }
  }

  private func take() -> Result<CInt, Errno> {
    // Sound: no address is asked for, so both pointers may be nil.
    retryingInterrupts { accept4(number, nil, nil, CInt(SOCK_CLOEXEC.rawValue)) }
  }
}
