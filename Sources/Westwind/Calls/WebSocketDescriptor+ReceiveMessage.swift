internal import Synchronization
internal import WebSocketProtocol
public import WestwindSockets

extension WebSocketDescriptor {
  /// Receives a complete message, its fragments joined.
  ///
  /// A call that runs out of time in the middle of a message keeps what it has for the next one.
  ///
  /// - Parameters:
  ///   - maxSize: the most bytes that the message may have; nil for the option `maxMessageSize`.
  ///   - timeout: how long to wait.
  /// - Returns: the message; or a control frame: CLOSE, and with `controlFrames = .manual` PING and PONG, too.
  /// - Throws: `messageTooBig` if the message is over the limit: the peer has been sent CLOSE with 1009, and the
  ///   connection is over. Otherwise as `recvMsg`.
  public func receiveMessage(
    maxSize: Int? = nil, timeout: Timeout = .forever
  ) throws(WebSocketError) -> WebSocketMessage {
    let connection = try Registry.connection(self)
    return try connection.receiveMessage(
      maxSize: maxSize ?? connection.maxMessageSize.load(ordering: .relaxed), deadline: Deadline(timeout))
  }
}
