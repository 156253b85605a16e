public import WestwindSockets

extension WebSocketDescriptor {
  /// Receives at most `maxCount` bytes of one frame into a new array, 64 MiB at most. As `recvMsg` into an output span.
  public func recvMsg(
    maxCount: Int, timeout: Timeout = .forever
  ) throws(WebSocketError) -> (message: ReceivedMessage, payload: [UInt8]) {
    var outcome = Result<ReceivedMessage, WebSocketError>.failure(.wouldBlock)
    // Sound: the array's storage has the capacity that the output span is given, and its count is what was written.
    let payload = unsafe [UInt8](unsafeUninitializedCapacity: min(max(0, maxCount), 64 << 20)) { buffer, count in
      var output = unsafe OutputRawSpan(buffer: UnsafeMutableRawBufferPointer(buffer), initializedCount: 0)
      do throws(WebSocketError) {
        outcome = .success(try recvMsg(into: &output, timeout: timeout))
      } catch {
        outcome = .failure(error)
      }
      count = output.byteCount
    }
    return (try outcome.get(), payload)
  }
}
