internal import WebSocketProtocol
internal import WestwindConnecting
public import WestwindSockets
public import WestwindTLS

/// A WebSocket that was opened by URL, and owns all that is below it.
///
/// Use `descriptor` for every call on the WebSocket. End it with `close(code:reason:timeout:)`; one that is merely let
/// go sends CLOSE without waiting for an answer. Either way the descriptor, TLS, and the TCP socket are closed, in this
/// order: the descriptor's number must not be used afterwards, nor be handed to `websocketDisconnect`.
public struct WebSocketConnection: ~Copyable, Sendable {
  public let descriptor: WebSocketDescriptor
  /// The URL that answered: another than the one asked for where a redirect was followed.
  public let url: WebSocketURL
  /// What the server answered, with the chosen subprotocol.
  public let response: HandshakeResponse
  /// The address at the other end of the socket: the proxy's where there is one; nil where the system no longer knows.
  public let peer: SocketAddress?

  /// What TLS with the server was agreed on, and what its certificate is; nil for a WebSocket without TLS.
  public var tls: TLSInfo? { stream.tls }

  /// Also so that the end is that of this WebSocket, whoever has the number by then.
  private let connection: BlockingConnection
  private var isClosed = false
  /// Declared last, so that it goes when `deinit` is over.
  private let stream: ServerStream

  init(
    _ descriptor: WebSocketDescriptor, url: WebSocketURL, response: HandshakeResponse,
    over stream: consuming ServerStream
  ) throws(WebSocketError) {
    connection = try Registry.connection(descriptor)
    peer = stream.peer
    self.descriptor = descriptor
    self.url = url
    self.response = response
    self.stream = stream
  }

  /// Ends the WebSocket, as `websocketDisconnect` does, and closes everything, on every path.
  ///
  /// - Parameters:
  ///   - code: why; nil sends CLOSE without a body.
  ///   - reason: 123 bytes of UTF-8 at most; needs a code.
  ///   - timeout: how long sending and waiting may take in all.
  /// - Returns: the peer's status; its code is `.abnormal` (1006) where its CLOSE did not come in time.
  /// - Throws: `timedOut` where CLOSE could not be sent in time. `invalidArgument(.closeReason)`: CLOSE was sent
  ///   without code and reason.
  @discardableResult
  public consuming func close(
    code: CloseCode? = nil, reason: String = "", timeout: Timeout = .close
  ) throws(WebSocketError) -> CloseStatus {
    let body = try closeBody(code: code, reason: reason)
    isClosed = true
    return try connection.disconnect(body, deadline: Deadline(timeout))
  }

  /// Gives the value up for its descriptor, which owns all that is below it from here on: whichever call frees the descriptor
  /// closes everything.
  package consuming func descriptorOwningAll() -> WebSocketDescriptor {
    let (descriptor, connection) = (descriptor, connection)
    Registry.own(self, by: connection)
    return descriptor
  }

  deinit {
    if !isClosed { _ = try? connection.disconnect([], deadline: .immediate) }
  }
}
