public import WebSocketProtocol
public import WestwindSockets

extension WebSocketDescriptor {
  /// Sends one frame whose payload is an array. As `sendMsg` of a span.
  @discardableResult
  public func sendMsg(
    _ payload: [UInt8], opcode: Opcode = .binary, mask: Bool? = nil, final: Bool = true, flags: SendFlags = [],
    timeout: Timeout = .forever
  ) throws(WebSocketError) -> Int {
    // Sound: bytes have no padding.
    try unsafe sendMsg(
      payload.span.bytes, opcode: opcode, mask: mask, final: final, flags: flags, timeout: timeout)
  }
}
