public import SocketLayer

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
  ///     descriptor, but not receive: the connection is in the middle of that, and such a call fails with `wouldBlock`
  ///     at once, whatever its timeout.
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

  /// Not generic, so that it is compiled here; the wrapper is compiled where it is used.
  @usableFromInline
  func lendFrame(
    timeout: Timeout, _ body: (ReceivedMessage, RawSpan) throws(WebSocketError) -> Void
  ) throws(WebSocketError) {
    try Registry.connection(self).withFrame(deadline: Deadline(timeout), body)
  }
}
