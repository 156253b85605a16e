public import WestwindSockets

extension WebSocketDescriptor {
  /// Lends the receive buffer where the next frame's payload lies, without copying it.
  ///
  /// The whole frame is lent where the buffer holds it; otherwise, or where the time is over with part of it there,
  /// as much as there is, and `remaining` says how much follows. What was lent is taken. A compressed frame is lent
  /// inflated, and always whole.
  ///
  /// - Parameters:
  ///   - timeout: how long to wait.
  ///   - body: takes what `recvMsg` would say, and the bytes, which are valid only during the call. It may send on the
  ///     descriptor, but not receive: the connection is in the middle of that, and such a call fails with `busy` at
  ///     once, whatever its timeout.
  /// - Returns: what the body returns. A body that can fail of something of its own returns a `Result`.
  /// - Throws: what the body throws, and as `recvMsg`.
  @inlinable
  public func withReceivedFrame<R>(
    timeout: Timeout = .forever, _ body: (_ frame: ReceivedMessage, _ payload: RawSpan) throws(WebSocketError) -> R
  ) throws(WebSocketError) -> R {
    var result: R?
    try lendFrame(timeout: timeout) { frame, payload throws(WebSocketError) in result = try body(frame, payload) }
    return result!  // the body has run, or the call above has thrown
  }

  /// Lends the next frame as `withReceivedFrame` does, and then, one after the other, all frames that have come whole
  /// behind it: for a peer that sends many small ones, at a fraction of the cost of as many calls.
  ///
  /// - Parameters:
  ///   - timeout: how long to wait for the first; nothing else is waited for.
  ///   - body: called for each frame. Where it throws, the frames behind stay for the next call.
  /// - Returns: how many frames have been lent, at least one.
  /// - Throws: what the body throws, and as `recvMsg`. What is wrong behind frames that were lent comes with the next call.
  public func withReceivedFrames(
    timeout: Timeout = .forever, _ body: (_ frame: ReceivedMessage, _ payload: RawSpan) throws(WebSocketError) -> Void
  ) throws(WebSocketError) -> Int {
    try Registry.connection(self).lend(deadline: Deadline(timeout), isMany: true, body)
  }

  /// Not generic, so that it is compiled here; the wrapper is compiled where it is used.
  @usableFromInline
  func lendFrame(
    timeout: Timeout, _ body: (ReceivedMessage, RawSpan) throws(WebSocketError) -> Void
  ) throws(WebSocketError) {
    try Registry.connection(self).lend(deadline: Deadline(timeout), isMany: false, body)
  }
}
