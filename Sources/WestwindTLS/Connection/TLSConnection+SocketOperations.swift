internal import Synchronization
internal import SystemPackage
internal import WestwindSockets

/// The socket calls on a TLS descriptor. `send` and `receive` have files of their own.
extension TLSConnection: SocketOperations {
  var readableNumber: CInt { number }
  var writableNumber: CInt { below.writableNumber }

  /// Waits at the descriptor below, so that a layer above waits in one `ppoll` over the kernel's socket.
  func wait(for events: PollEvents, _ wait: Wait) throws(Errno) -> PollEvents {
    // The next call says what it is.
    if events.contains(.readable), holdsDeliverable.load(ordering: .acquiring) { return .readable }
    guard events == .readable else { return try waitForRoom(events, wait) }
    do throws(Errno) {
      try waitForInput(wait, readWaker)
      return .readable
    } catch {
      if error == .wouldBlock { return [] }
      guard error == .woken, isReadShut.load(ordering: .sequentiallyConsistent) else { throw error }
      return .readable
    }
  }

  /// Waits for room, and for input if the events say so.
  private func waitForRoom(_ events: PollEvents, _ wait: Wait) throws(Errno) -> PollEvents {
    let isReading = events.contains(.readable)
    let own = isReading ? readWaker : writeWaker
    while true {
      own.clear()
      try checkIsOpen()
      if isReading, isReadShut.load(ordering: .sequentiallyConsistent) { return .readable }
      if isWriteShut.load(ordering: .sequentiallyConsistent) { return .writable }
      do throws(Errno) {
        return try waitBelow(for: events, wait, own)
      } catch {
        guard error == .woken, wait.waker == nil else { throw error }
      }
    }
  }

  /// RFC 8446 6.1: the write direction ends with `close_notify`. It does not wait: where the socket is full, that leaves
  /// behind what waits already, with the next call or from within a reader's wait.
  ///
  /// A handshake needs both directions, and ends without one of them.
  func shutdown(_ direction: ShutdownKind) throws(Errno) {
    try checkIsOpen()
    let (_, stage) = handshake.compareExchange(
      expected: .underWay, desired: .abandoned, ordering: .acquiringAndReleasing)
    let direction = stage == .over ? direction : .readWrite
    if direction != .write {
      isReadShut.store(true, ordering: .sequentiallyConsistent)
      readiness.withLock { $0.wake() }
      readWaker.wake()
    }
    if direction != .read {
      isWriteShut.store(true, ordering: .sequentiallyConsistent)
      hasOutput.store(true, ordering: .sequentiallyConsistent)
      writeWaker.wake()
      pump()
    }
  }

  func setOption(level: CInt, name: CInt, value: RawSpan) throws(Errno) {
    guard level == TLSSocketOption.level else {
      if try timeouts.set(level: level, name: name, value: value) { return }
      try PassedOption.check(level: level, name: name, isSetting: true)
      return try socketBelow().setOption(level: level, name: name, value: value)
    }
    // The handshake is over; what is left is what concerns the process.
    guard TLSSocketOption(rawValue: name) == .sessionCachePurge else { throw .protocolNotAvailable }
    TLSSettings.sessions.removeAll()
  }

  func getOption(level: CInt, name: CInt, into value: inout OutputRawSpan) throws(Errno) {
    guard level == TLSSocketOption.level else {
      if try timeouts.get(level: level, name: name, into: &value) { return }
      try PassedOption.check(level: level, name: name, isSetting: false)
      return try socketBelow().getOption(level: level, name: name, into: &value)
    }
    let number: CInt
    switch TLSSocketOption(rawValue: name) {
    case .cipherSuiteUsed:
      try checkIsConnected()
      number = tls.withLock { $0.engine.cipherSuiteNumber }
    case .certificateVerifyResult:
      try checkIsConnected()
      number = tls.withLock { $0.engine.verifyResult }
    default:
      guard let settings else { throw .protocolNotAvailable }
      return try settings.get(name, into: &value)
    }
    try value.appendOption(number)
  }

  func connect(to address: SocketAddress, wait: Wait) throws(Errno) { throw .socketIsConnected }
  func localName() throws(Errno) -> SocketAddress { try socketBelow().localName() }
  func peerName() throws(Errno) -> SocketAddress { try socketBelow().peerName() }

  func setNonBlocking(_ isOn: Bool) throws(Errno) {
    isNonBlockingMode.store(isOn, ordering: .relaxed)
  }

  func isNonBlocking() throws(Errno) -> Bool {
    isNonBlockingMode.load(ordering: .relaxed)
  }
}
