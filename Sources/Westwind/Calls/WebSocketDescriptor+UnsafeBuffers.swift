public import WebSocketProtocol
public import WestwindSockets

extension WebSocketDescriptor {
  /// Sends one frame whose payload is in a buffer, which is read only during the call. As `sendMsg` of a span.
  @unsafe @discardableResult
  public func sendMsg(
    _ payload: UnsafeRawBufferPointer, opcode: Opcode, mask: Bool? = nil, final: Bool = true, flags: SendFlags = [],
    timeout: Timeout = .forever
  ) throws(WebSocketError) -> Int {
    try unsafe sendMsg(
      RawSpan(_unsafeBytes: payload), opcode: opcode, mask: mask, final: final, flags: flags, timeout: timeout)
  }

  /// Receives into a buffer, from its beginning. As `recvMsg` into an output span.
  @unsafe
  public func recvMsg(
    into buffer: UnsafeMutableRawBufferPointer, timeout: Timeout = .forever
  ) throws(WebSocketError) -> ReceivedMessage {
    var output = unsafe OutputRawSpan(buffer: buffer, initializedCount: 0)
    return try recvMsg(into: &output, timeout: timeout)
  }
}
