public import WebSocketProtocol
public import WestwindSockets

/// Many frames on their way to the socket in few writes. See `WebSocketDescriptor.withBatch`, which lends it: it cannot be
/// copied, and so not be kept.
@safe public struct SendBatch: ~Copyable {
  private let connection: BlockingConnection
  private let side: UnsafeMutablePointer<WriteSide>
  private let deadline: Deadline

  fileprivate init(_ connection: BlockingConnection, _ side: UnsafeMutablePointer<WriteSide>, _ deadline: Deadline) {
    self.connection = connection
    unsafe self.side = side
    self.deadline = deadline
  }

  /// Puts a frame behind the others; where the transmit buffer is full that is written first.
  ///
  /// The memory may be reused at once.
  ///
  /// - Parameters:
  ///   - payload: the frame's payload; may be empty.
  ///   - opcode: as for `WebSocketDescriptor.sendMsg`.
  ///   - mask: nil for what the role requires.
  ///   - final: the frame is the last of its message.
  /// - Throws: as `WebSocketDescriptor.sendMsg`. `timedOut` is the whole batch's: what had been put in before leaves with
  ///   the next frame where it has not left.
  public mutating func sendMsg(
    _ payload: RawSpan, opcode: Opcode, mask: Bool? = nil, final: Bool = true
  ) throws(WebSocketError) {
    let frame = BlockingConnection.Outgoing(
      opcode: opcode, isMasked: mask ?? connection.role.sendsMasked, isFinal: final, isHeld: true)
    // Sound: the write side is this call's until `withBatch` returns, which this value does not outlive.
    try unsafe connection.sendInBatch(frame, payload, on: &side.pointee, deadline: deadline)
  }
}

extension WebSocketDescriptor {
  /// Sends many frames in as few writes as the transmit buffer allows, each for the cost of its bytes alone.
  ///
  /// The connection's sending side is the body's until it returns: another thread's frames wait, and a `sendMsg` on the
  /// descriptor within the body fails with `busy`. What belongs between other calls is gathered by `withCork`.
  ///
  /// - Parameters:
  ///   - timeout: how long all of it may take.
  ///   - body: sends with the batch.
  /// - Returns: what the body returns, when the kernel has taken all of it.
  /// - Throws: what the body throws; what it had sent before leaves all the same. `timedOut` where not all could be written
  ///   in time: what is left leaves with the next frame. Otherwise as `sendMsg`.
  @inlinable
  public func withBatch<R>(
    timeout: Timeout = .forever, _ body: (inout SendBatch) throws(WebSocketError) -> R
  ) throws(WebSocketError) -> R {
    var result: R?
    try runBatch(timeout: timeout) { batch throws(WebSocketError) in result = try body(&batch) }
    return result!  // the body has run, or the call above has thrown
  }

  /// Not generic, so that it is compiled here; the wrapper is compiled where it is used.
  @usableFromInline
  func runBatch(
    timeout: Timeout, _ body: (inout SendBatch) throws(WebSocketError) -> Void
  ) throws(WebSocketError) {
    let connection = try Registry.connection(self)
    let deadline = Deadline(timeout)
    try connection.withBatch(deadline: deadline) { side throws(WebSocketError) in
      try unsafe withUnsafeMutablePointer(to: &side) { side throws(WebSocketError) in
        var batch = unsafe SendBatch(connection, side, deadline)
        try body(&batch)
      }
    }
  }
}
