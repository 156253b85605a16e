public import PerMessageDeflate
public import SystemPackage
public import WebSocketProtocol
public import WestwindConnecting
public import WestwindTLS

// Indirect, so that it is one word, and cases without a payload take no memory: as one value with all payloads its case would
// be some bits of a byte whose others most cases leave unwritten. Comparing that byte is right, whatever stands in them, but
// valgrind reports it in optimized builds.

/// What went wrong, so that a caller can tell its own mistake from the peer's, and both from the network's. `errno`
/// is the number that Zephyr would return; `description` is one line that names the cause.
public indirect enum WebSocketError: Error, Sendable {
  /// You called it wrong, nothing was sent, and the connection is as it was. Mend the call.
  case invalidArgument(InvalidArgument)
  /// The number is not open. Forget it.
  case badDescriptor
  /// The number is open but is no WebSocket: the TCP socket's number was passed, say.
  case notAWebSocket
  /// A WebSocket is open over this socket already. Disconnect that one first.
  case socketInUse
  /// As many WebSockets are open as `maxContexts` (`WEBSOCKET_MAX_CONTEXTS`) allows. Close one or raise the limit.
  case tooManyContexts(limit: Int)
  /// This Kconfig symbol is off in this build.
  case notSupported(symbol: String)
  /// The server was not reached by URL, or the options cannot be used. Nothing is left open.
  case connect(ConnectError)
  /// A redirect was not followed; `from` is the URL that answered with it. Nothing is left open.
  case redirect(RedirectFailure, from: String)
  /// The opening handshake failed. Close the socket.
  case handshake(HandshakeError)
  /// `onConnect` threw; the text is what it threw. Close the socket.
  case refused(String)
  /// Nothing came in the time given, or a frame could not be begun without waiting. Nothing was lost. Call again.
  case wouldBlock
  /// Another thread is in the midst of such a call, or the caller is, in a body that it gave. Nothing was lost. Call again.
  case busy
  /// Nothing could be sent in the time given: not a byte of the frame left. Send again. A call with `.immediate` has
  /// `wouldBlock` for it.
  case timedOut
  /// The time was over with part of the frame sent, so no other can follow. Disconnect, and close the socket.
  case aborted
  /// The connection has ended; the status is the peer's, if it sent one. Disconnect, and close the socket.
  case notConnected(CloseStatus?)
  /// The stream broke: the network's error. Disconnect, and close the socket.
  case connectionLost(Errno)
  /// The peer broke the protocol; CLOSE with the violation's code has been sent. Disconnect, and close the socket.
  case protocolViolation(ProtocolViolation)
  /// A message was over the limit; CLOSE with 1009 has been sent. Disconnect, or raise `maxMessageSize` next time.
  case messageTooBig(limit: Int)
  /// No PONG came for a PING of the connection's own. Disconnect, and close the socket.
  case keepAliveExpired
  /// The system refused something that was needed, such as another descriptor.
  case system(Errno)

  /// A mistake in a call.
  public enum InvalidArgument: Sendable, Hashable {
    /// The frame may not be sent now, or at all.
    case frame(SendState.Refusal)
    /// A client sent with `mask: false`, or a server with `true`, without the option `allowUnmasked` (RFC 6455 5.1).
    case maskNotForRole
    /// The buffer to receive into has no room.
    case emptyBuffer
    /// A buffer in the options has fewer bytes than this.
    case bufferTooSmall(minimum: Int)
    /// A number in the options, or a parameter of that name, is none of these.
    case outOfRange(String, minimum: Int, maximum: Int)
    /// An interval or a timeout in the options is not more than nothing: this one.
    case durationNotPositive(String)
    /// The URL cannot be used.
    case url(ServerURLError)
    /// A host, target or header that must not go into a request.
    case handshakeText(HandshakeTextError)
    /// A close code that may not be sent, or a reason of more than 123 bytes (RFC 6455 5.5.1, 7.4).
    case closeReason
  }
}

/// Why an opening handshake failed.
public struct HandshakeError: Error, Sendable {
  public enum Cause: Sendable, Hashable {
    /// The time was over before the head of the response was whole; so many bytes of it had come.
    case timedOut(bytesReceived: Int)
    /// The peer closed before the head of the response was whole; so many bytes of it had come.
    case closed(bytesReceived: Int)
    /// Sending or receiving failed.
    case connectionLost(Errno)
    /// The peer gave up with an alert of TLS. In TLS 1.3 that is how a server refuses a client's certificate: the client's part of
    /// TLS is over by then. `websocketConnect(url:)` throws `connect` for it.
    case tls(TLSError)
    /// The response, or a server's client's request, is not as it has to be. `status` is the server's refusal.
    case text(HandshakeViolation)
    /// The server's answer to the offer of compression is not one. Connect without compression to such a server.
    case extensions(NegotiationError)
    /// `onRequest` of `websocketUpgrade` threw: what the client was answered.
    case refused(HandshakeRefusal)
  }

  public var cause: Cause
  /// The response, where its head could be read.
  public var response: HandshakeResponse?
  /// The request said who the caller is, in `Authorization`: with the status 401 that was not accepted.
  public var sentCredentials: Bool

  init(_ cause: Cause, response: HandshakeResponse? = nil, sentCredentials: Bool = false) {
    self.cause = cause
    self.response = response
    self.sentCredentials = sentCredentials
  }
}
