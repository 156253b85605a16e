public import WebSocketProtocol
internal import WestwindBuffers
public import WestwindSockets

/// Flags of `sendMsg`.
public struct SendFlags: OptionSet, Sendable, Hashable {
  public let rawValue: UInt8

  public init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  /// More frames follow: this one may be held back and leave with them in one write.
  public static let more = SendFlags(rawValue: 1)
}

extension WebSocketDescriptor {
  /// Sends one frame.
  ///
  /// It returns when the kernel has taken the frame (with `flags: .more`, when it has been copied); the memory may be
  /// reused at once and is never changed. Any thread may call it: frames never mix, and a control frame may go
  /// between the fragments of another thread's message.
  ///
  /// With `.immediate` it does not wait. A frame that the socket takes only a part of counts as sent: the rest is kept, in
  /// memory of its own if it does not fit the transmit buffer, and leaves with the next call of any kind, or, while a program
  /// polls, when the descriptor is readable because the socket has room. Until then the next frame is refused.
  ///
  /// - Parameters:
  ///   - payload: the frame's payload; may be empty.
  ///   - opcode: `.text` or `.binary` for a message or its first fragment, `.continuation` for the others, `.ping`,
  ///     `.pong`, `.close`.
  ///   - mask: nil for what the role requires.
  ///   - final: the frame is the last of its message.
  ///   - flags: `.more`.
  ///   - timeout: how long it may take.
  /// - Returns: the payload's bytes, always all.
  /// - Throws: `timedOut`: nothing of the frame left, send it again; with `.immediate` it is `wouldBlock`, or `busy` if another
  ///   thread is sending. `aborted`: part of it left, the connection is over; with `.immediate` only if more than 1 GiB of it is left. `invalidArgument`: the frame may not be sent; the connection is as it was. `notConnected`,
  ///   `connectionLost`: disconnect.
  ///
  /// Source: RFC 6455 5. Zephyr's function is `websocket_send_msg`.
  @discardableResult
  public func sendMsg(
    _ payload: RawSpan, opcode: Opcode, mask: Bool? = nil, final: Bool = true, flags: SendFlags = [],
    timeout: Timeout = .forever
  ) throws(WebSocketError) -> Int {
    let connection = try Registry.connection(self)
    let frame = BlockingConnection.Outgoing(
      opcode: opcode, isMasked: mask ?? connection.role.sendsMasked, isFinal: final, isHeld: flags.contains(.more))
    return try connection.send(frame, Payload(payload), deadline: Deadline(timeout))
  }
}
