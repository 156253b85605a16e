internal import CWestwindLinux
internal import SystemPackage
internal import WestwindBuffers
internal import WestwindPlatform

/// The operations of a kernel socket: the system calls themselves, and a wait around them where a deadline is given.
struct KernelSocket: SocketOperations {
  let number: CInt

  var readableNumber: CInt { number }
  var writableNumber: CInt { number }

  func send(_ payload: Payload, flags: MessageFlags, wait: Wait) throws(Errno) -> Int {
    var sent = try sendSome(payload, flags: flags, wait: wait)
    let total = payload.byteCount
    while sent < total, isCutShort(wait, flags, by: SO_SNDTIMEO) || waitsForMore(wait, flags) {
      do throws(Errno) {
        // A peer that reads all the time does not make this outlast its time.
        if let deadline = wait.deadline, deadline.hasPassed { break }
        // A socket that has taken a part is full: the next call would take nothing.
        if wait.deadline != nil, try self.wait(for: .writable, wait).isEmpty { break }
        sent += try sendSome(payload.dropping(first: sent), flags: flags, wait: wait)
      } catch {
        break  // what has been taken is counted; the error comes again with the next call
      }
    }
    return sent
  }

  @inline(__always) private func sendSome(
    _ payload: Payload, flags: MessageFlags, wait: Wait
  ) throws(Errno) -> Int {
    try transfer(wait, flags, for: .writable) { flags in
      payload.isOneRun
        ? Syscalls.send(number, payload.first, flags | CInt(MSG_NOSIGNAL))
        : Syscalls.sendmsg(number, payload, flags | CInt(MSG_NOSIGNAL))
    }
  }

  func receive(into output: inout OutputRawSpan, flags: MessageFlags, wait: Wait) throws(Errno) -> ReceivedMetadata {
    try flags.checkForReceiving()
    let count = try receiveSome(into: &output, flags: flags, wait: wait)
    guard flags.contains(.waitForAll), !flags.contains(.peek), !flags.contains(.dontWait), count > 0, !output.isFull,
      wait.deadline != nil || isCutShort(wait, flags, by: SO_RCVTIMEO)
    else { return ReceivedMetadata(count: count) }
    // With a deadline the kernel is asked without waiting, and then MSG_WAITALL has no force there.
    var total = count
    while !output.isFull {
      // What has come is the caller's. An error stays on the socket for the next call: to ask for it would take it off,
      // and behind it there is only what looks like an end.
      // A peer that sends all the time does not make this outlast its time.
      if let deadline = wait.deadline, deadline.hasPassed { break }
      guard let events = try? self.wait(for: .readable, wait), !events.isEmpty, !events.contains(.error),
        let more = try? receiveSome(into: &output, flags: flags.union(.dontWait), wait: wait), more > 0
      else { break }
      total += more
    }
    return ReceivedMetadata(count: total)
  }

  /// For a layer above: no flags, and nothing in buffers here.
  func receive(into output: inout OutputRawSpan, wait: Wait, holdsMore: inout Bool) throws(Errno) -> Int {
    holdsMore = false
    return try receiveSome(into: &output, flags: [], wait: wait)
  }

  @inline(__always) private func receiveSome(into output: inout OutputRawSpan, flags: MessageFlags, wait: Wait)
    throws(Errno) -> Int
  {
    try transfer(wait, flags, for: .readable) { flags in Syscalls.recv(number, &output, flags) }
  }

  /// Makes the call. If the socket is not ready, waits as told and makes it again.
  ///
  /// Without a deadline, or without an end and without a waker, the call itself blocks: one system call. Otherwise it is
  /// tried first and never blocks, and only a socket that is not ready costs a `ppoll`.
  ///
  /// - Throws: without a deadline `EAGAIN` only if the socket is non-blocking or its own timeout has passed. `woken`.
  @inline(__always) private func transfer(
    _ wait: Wait, _ flags: MessageFlags, for events: PollEvents, _ call: (CInt) -> Result<Int, Errno>
  ) throws(Errno) -> Int {
    let deadline = flags.contains(.dontWait) ? .immediate : wait.deadline
    let mayBlock = deadline == nil || deadline == .forever && wait.waker == nil
    let flags = mayBlock ? flags.rawValue : flags.rawValue | CInt(MSG_DONTWAIT)
    switch call(flags) {
    case .success(let count): return count
    case .failure(let error): return try transferAgain(behind: error, wait.until(deadline), events) { call(flags) }
    }
  }

  private func transferAgain(
    behind first: Errno, _ wait: Wait, _ events: PollEvents, _ call: () -> Result<Int, Errno>
  ) throws(Errno) -> Int {
    var error = first
    var hasWaited = false
    while true {
      if error == .wouldBlock {
        // Also if the caller's own socket is non-blocking, or has a timeout as an option. A socket that is ready and gives
        // nothing does not make this outlast its time.
        guard let deadline = wait.deadline, deadline != .immediate, !hasWaited || !deadline.hasPassed else {
          throw error
        }
        hasWaited = true
        guard !(try self.wait(for: events, wait).isEmpty) else { throw error }
      } else if error != .interrupted {
        throw error
      }
      switch call() {
      case .success(let count): return count
      case .failure(let next): error = next
      }
    }
  }

  /// Whether a call that transferred a part only was cut short by a signal: it had no deadline, and the socket is one
  /// that waits as long as it takes.
  private func isCutShort(_ wait: Wait, _ flags: MessageFlags, by timeout: CInt) -> Bool {
    wait.deadline == nil && !flags.contains(.dontWait) && waitsWithoutEnd(timeout)
  }

  /// Whether a call that transferred a part only is to go on, under a deadline.
  private func waitsForMore(_ wait: Wait, _ flags: MessageFlags) -> Bool {
    wait.deadline != nil && wait.deadline != .immediate && !flags.contains(.dontWait)
  }

  /// Whether the socket is blocking, and has no timeout of its own: `SO_RCVTIMEO` or `SO_SNDTIMEO`.
  func waitsWithoutEnd(_ timeout: CInt) -> Bool {
    var time = timeval()
    var length = socklen_t(MemoryLayout.size(ofValue: time))
    // Sound: the kernel writes at most the length of the structure that it is given.
    guard unsafe WestwindPlatform.getsockopt(number, SOL_SOCKET, timeout, &time, &length) == 0 else { return false }
    return time.tv_sec == 0 && time.tv_usec == 0 && (try? isNonBlocking()) == false
  }

  func shutdown(_ direction: ShutdownKind) throws(Errno) {
    let how =
      switch direction {
      case .read: CInt(SHUT_RD)
      case .write: CInt(SHUT_WR)
      case .readWrite: CInt(SHUT_RDWR)
      }
    _ = try result(WestwindPlatform.shutdown(number, how)).get()
  }

  func setOption(level: CInt, name: CInt, value: RawSpan) throws(Errno) {
    // Sound: the pointer and the length are the span's.
    _ = try unsafe value.withUnsafeBytes { value in
      unsafe result(WestwindPlatform.setsockopt(number, level, name, value.baseAddress, socklen_t(value.count)))
    }.get()
  }

  func getOption(level: CInt, name: CInt, into value: inout OutputRawSpan) throws(Errno) {
    // Sound: the kernel writes at most the length it is given, and says how much it wrote.
    _ = try unsafe value.withUnsafeMutableBytes { bytes, count in
      let free = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[count...])
      var length = socklen_t(free.count)
      let outcome = unsafe result(WestwindPlatform.getsockopt(number, level, name, free.baseAddress, &length))
      if case .success = outcome { count += Int(length) }
      return outcome
    }.get()
  }

  func localName() throws(Errno) -> SocketAddress {
    try unsafe SocketAddress.filled { unsafe getsockname(number, $0, $1) }
  }

  func peerName() throws(Errno) -> SocketAddress {
    try unsafe SocketAddress.filled { unsafe getpeername(number, $0, $1) }
  }

  func setNonBlocking(_ isOn: Bool) throws(Errno) {
    let flags = try result(fcntl(number, F_GETFL)).get()
    _ = try result(fcntl(number, F_SETFL, isOn ? flags | O_NONBLOCK : flags & ~O_NONBLOCK)).get()
  }

  func isNonBlocking() throws(Errno) -> Bool {
    try result(fcntl(number, F_GETFL)).get() & O_NONBLOCK != 0
  }

  func close() throws(Errno) {
    // Linux frees the number even where close is interrupted, so it is never tried again.
    switch result(WestwindPlatform.close(number)) {
    case .success, .failure(.interrupted): return
    case .failure(let error): throw error
    }
  }
}
