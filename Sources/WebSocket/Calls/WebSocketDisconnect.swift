public import SocketLayer
public import WebSocketProtocol

/// Ends a WebSocket: sends CLOSE, waits for the peer's, and frees the descriptor, on every path. The socket below
/// stays open, and is the caller's to close.
///
/// Threads that are blocked in a call on the descriptor get `notConnected` at once.
///
/// - Parameters:
///   - descriptor: the WebSocket.
///   - code: why; nil sends CLOSE without a body.
///   - reason: 123 bytes of UTF-8 at most; needs a code.
///   - timeout: how long sending and waiting may take in all; `.immediate` does not wait for the peer.
/// - Returns: the peer's status; its code is `.abnormal` (1006) where its CLOSE did not come in time.
/// - Throws: `timedOut` where CLOSE could not be sent in time; the descriptor is free all the same. `badDescriptor`,
///   `notAWebSocket`, and `invalidArgument(.closeReason)`, where nothing was done.
///
/// Source: RFC 6455 7. Zephyr's function is `websocket_disconnect`, which neither waits nor takes a code.
@discardableResult
public func websocketDisconnect(
  _ descriptor: WebSocketDescriptor, code: CloseCode? = nil, reason: String = "", timeout: Timeout = .close
) throws(WebSocketError) -> CloseStatus {
  let connection = try Registry.connection(descriptor)
  let reason = Array(reason.utf8)
  guard code?.mayBeSent ?? reason.isEmpty, reason.count <= CloseBody.maximumReasonLength else {
    throw .invalidArgument(.closeReason)
  }
  let body = code.map { [UInt8($0.rawValue >> 8), UInt8($0.rawValue & 0xFF)] + reason } ?? []
  return try connection.disconnect(body, deadline: Deadline(timeout))
}
