internal import WebSocketProtocol
public import WestwindSockets

extension WebSocketDescriptor {
  /// Sends one TEXT frame. As `sendMsg` of a span.
  @discardableResult
  public func sendMsg(
    _ text: String, mask: Bool? = nil, final: Bool = true, flags: SendFlags = [], timeout: Timeout = .forever
  ) throws(WebSocketError) -> Int {
    // Sound: bytes have no padding.
    try unsafe sendMsg(
      text.utf8Span.span.bytes, opcode: .text, mask: mask, final: final, flags: flags, timeout: timeout)
  }
}
