public import WebSocketProtocol
public import WestwindSockets

/// Ends a WebSocket: sends CLOSE, waits for the peer's, and frees the descriptor, on every path. The socket below
/// stays open, and is the caller's to close.
///
/// Threads that are blocked in a call on the descriptor get `notConnected` at once. When this returns, nothing is written to
/// `receiveBuffer` and nothing uses the socket any more, unless the call comes from within a body that has memory lent.
///
/// The number leaves the epoll sets that it is in when it is freed. If another thread polls it, disconnect with a timeout, or
/// call `shutdown` first: a poller that has not looked by then hears nothing.
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
  let connection = try Registry.connectionToFree(descriptor)
  return try connection.disconnect(try closeBody(code: code, reason: reason), deadline: Deadline(timeout))
}

/// The body of a CLOSE frame (RFC 6455 5.5.1).
///
/// - Throws: `invalidArgument(.closeReason)` where the code may not be sent, or the reason is too long or has no code.
func closeBody(code: CloseCode?, reason: String) throws(WebSocketError) -> [UInt8] {
  let reason = Array(reason.utf8)
  guard code?.mayBeSent ?? reason.isEmpty, reason.count <= CloseBody.maximumReasonLength else {
    throw .invalidArgument(.closeReason)
  }
  return code.map { [UInt8($0.rawValue >> 8), UInt8($0.rawValue & 0xFF)] + reason } ?? []
}
