public import SystemPackage
public import WestwindBuffers

extension SocketDescriptor {
  /// Sends bytes.
  ///
  /// - Parameters:
  ///   - bytes: what to send. On a ws descriptor it becomes one final frame; where the call may not wait and the
  ///     bytes are more than the transmit buffer holds, only the beginning does.
  ///   - flags: `.dontWait`, `.more`.
  ///   - timeout: how long to wait; nil: as the descriptor is set, blocking or not.
  /// - Returns: the bytes taken. A blocking descriptor takes all; another may take fewer.
  /// - Throws: `EAGAIN` where nothing could be taken in time: wait until it is writable. `EPIPE` or `ECONNRESET` where
  ///   the peer is gone: close it. No signal is raised. `EOPNOTSUPP` for a flag that is not one of these.
  ///
  /// The corresponding C function is `send`.
  @discardableResult
  public func send(
    _ bytes: RawSpan, flags: MessageFlags = [], timeout: Timeout? = nil
  ) throws(Errno) -> Int {
    try sendmsg(Payload(bytes), flags: flags, timeout: timeout)
  }

  /// Sends bytes that are in an array.
  @discardableResult
  public func send(_ bytes: [UInt8], flags: MessageFlags = [], timeout: Timeout? = nil) throws(Errno) -> Int {
    // Sound: bytes have no padding.
    try unsafe send(bytes.span.bytes, flags: flags, timeout: timeout)
  }

  /// Sends up to three runs of bytes as if they were one, without copying them together: `sendmsg(Payload(head, body))`.
  ///
  /// With a timeout, or on a blocking descriptor, it goes on until all is taken or the time is over.
  ///
  /// - Returns: the bytes taken.
  /// - Throws: as `send`. An error after some bytes were taken comes with the next call.
  ///
  /// The corresponding C function is `sendmsg`.
  @discardableResult
  public func sendmsg(
    _ payload: Payload, flags: MessageFlags = [], timeout: Timeout? = nil
  ) throws(Errno) -> Int {
    try flags.checkForSending()
    let operations = operations
    let wait = Wait(until: timeout.map { Deadline($0) })
    var sent = try repeatingInterrupted { () throws(Errno) in
      try operations.send(payload, flags: flags, wait: wait)
    }
    while sent < payload.byteCount, let deadline = wait.deadline, deadline != .immediate, !flags.contains(.dontWait),
      !deadline.hasPassed
    {
      do throws(Errno) {
        sent += try operations.send(payload.dropping(first: sent), flags: flags, wait: wait)
      } catch {
        if error == .interrupted { continue }
        return sent
      }
    }
    return sent
  }

  /// Receives bytes, appending them to `output`.
  ///
  /// - Parameters:
  ///   - output: where to put them, as many as are free in it.
  ///   - flags: `.peek`, `.waitForAll`, `.dontWait`.
  ///   - timeout: how long to wait; nil: as the descriptor is set, blocking or not.
  /// - Returns: the bytes appended; 0 at the end of the stream, and where `output` has no room. On a ws descriptor
  ///   payload of data frames only; empty frames are passed over.
  /// - Throws: `EAGAIN` where nothing came in time; nothing is lost, call again. `EOPNOTSUPP` for a flag that is not one of
  ///   these, such as `MSG_TRUNC`.
  ///
  /// The corresponding C function is `recv`.
  public func recv(
    into output: inout OutputRawSpan, flags: MessageFlags = [], timeout: Timeout? = nil
  ) throws(Errno) -> Int {
    try recvmsg(into: &output, flags: flags, timeout: timeout).count
  }

  /// Receives at most `maxCount` bytes, and 64 MiB at most, into a new array; it is empty at the end of the stream.
  public func recv(maxCount: Int, flags: MessageFlags = [], timeout: Timeout? = nil) throws(Errno) -> [UInt8] {
    // Also since the storage of every empty array is one.
    try flags.checkForReceiving()
    guard maxCount > 0 else { return [] }
    var failure: Errno?
    // Sound: the array's storage has the capacity that the output span is given, and its count is what was written.
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: min(maxCount, 64 << 20)) { buffer, count in
      var output = unsafe OutputRawSpan(buffer: UnsafeMutableRawBufferPointer(buffer), initializedCount: 0)
      do throws(Errno) {
        count = try recv(into: &output, flags: flags, timeout: timeout)
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return bytes
  }

  /// Receives bytes and what the descriptor says of them: on a ws descriptor the message's type and what remains of
  /// the frame.
  ///
  /// The corresponding C function is `recvmsg`.
  public func recvmsg(
    into output: inout OutputRawSpan, flags: MessageFlags = [], timeout: Timeout? = nil
  ) throws(Errno) -> ReceivedMetadata {
    try flags.checkForReceiving()
    // The kernel would wait for bytes that nobody wants.
    guard !output.isFull else { return ReceivedMetadata(count: 0) }
    let operations = operations
    let wait = Wait(until: timeout.map { Deadline($0) })
    while true {
      do throws(Errno) {
        return try operations.receive(into: &output, flags: flags, wait: wait)
      } catch {
        if error != .interrupted { throw error }
      }
    }
  }
}

private func repeatingInterrupted<R>(_ body: () throws(Errno) -> R) throws(Errno) -> R {
  while true {
    do throws(Errno) {
      return try body()
    } catch {
      if error != .interrupted { throw error }
    }
  }
}
