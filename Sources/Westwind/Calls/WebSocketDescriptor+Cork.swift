public import WestwindSockets

extension WebSocketDescriptor {
  /// Gathers the frames that this thread sends within the body into as few writes as the transmit buffer allows. Frames
  /// of other threads leave at once, and those of the body that came before them with them.
  ///
  /// - Parameters:
  ///   - timeout: how long the last write, behind the body, may take.
  ///   - body: sends with `sendMsg`.
  /// - Returns: what the body returns. A body that can fail of something of its own returns a `Result`.
  /// - Throws: what the body throws; `timedOut` where not all could be written in time: what is left stays and leaves
  ///   with the next frame.
  public func withCork<R>(
    timeout: Timeout = .forever, _ body: () throws(WebSocketError) -> R
  ) throws(WebSocketError) -> R {
    let connection = try Registry.connection(self)
    try connection.cork()
    let result: R
    do throws(WebSocketError) {
      result = try body()
    } catch {
      // The body's error is the one to tell; what it had sent leaves all the same.
      try? connection.uncork(deadline: Deadline(timeout))
      throw error
    }
    try connection.uncork(deadline: Deadline(timeout))
    return result
  }
}
