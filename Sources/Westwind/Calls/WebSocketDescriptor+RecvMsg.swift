public import WestwindSockets

extension WebSocketDescriptor {
  /// Receives bytes of one frame, appending them to `output`; never across frames.
  ///
  /// It returns when the frame is complete, when `output` is full, or when the time is over with something
  /// delivered. What is not delivered stays for the next call. PING and PONG are not delivered, and CLOSE has been
  /// answered when it is, unless the option `controlFrames` is `.manual`. Of a compressed frame it gives the inflated
  /// bytes, once all of the frame has come.
  ///
  /// - Parameters:
  ///   - output: where to put the bytes; it must have room for one at least.
  ///   - timeout: how long to wait.
  /// - Returns: the count, the type and what remains of the frame. An empty frame is told once, with count 0.
  /// - Throws: `wouldBlock` if nothing came in time; the connection is unharmed, call again. With `.immediate` that means that
  ///   nothing deliverable has arrived, or 64 KiB without any (a flood of control frames, say); `busy`, that another thread is receiving. `notConnected` at the
  ///   end of the stream, with the peer's status. `protocolViolation`, `connectionLost`, `keepAliveExpired`, and
  ///   with compression `messageTooBig`: disconnect.
  ///
  /// Source: RFC 6455 5. Zephyr's function is `websocket_recv_msg`.
  public func recvMsg(
    into output: inout OutputRawSpan, timeout: Timeout = .forever
  ) throws(WebSocketError) -> ReceivedMessage {
    try Registry.connection(self).receive(into: &output, deadline: Deadline(timeout))
  }

  /// Says what the next `recvMsg` will deliver of: its type, and how much remains of the frame. Takes nothing.
  ///
  /// - Returns: count is 0.
  /// - Throws: as `recvMsg`.
  public func peekMsg(timeout: Timeout = .forever) throws(WebSocketError) -> ReceivedMessage {
    try Registry.connection(self).peek(deadline: Deadline(timeout))
  }
}
