public import WestwindSockets

extension WebSocketDescriptor {
  /// Receives into an output span of bytes, appending. As `recvMsg` into an output span without a type.
  public func recvMsg(
    into output: inout OutputSpan<UInt8>, timeout: Timeout = .forever
  ) throws(WebSocketError) -> ReceivedMessage {
    // Sound: the part lent is free room of `output`, any byte is a UInt8, and the count grows by what was written.
    try unsafe output.withUnsafeMutableBufferPointer { buffer, count throws(WebSocketError) in
      var part = unsafe OutputRawSpan(
        buffer: UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[count...]),
        initializedCount: 0)
      let message = try recvMsg(into: &part, timeout: timeout)
      count += message.count
      return message
    }
  }
}
