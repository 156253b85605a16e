public import PerMessageDeflate
internal import Synchronization
package import WestwindSockets

extension WebSocketDescriptor {
  /// How the peer ended the connection; nil where it has not.
  public func closeStatus() throws(WebSocketError) -> CloseStatus? {
    try Registry.connection(self).closeStatus.withLock { $0 }
  }

  /// What was agreed on for compression; nil for none.
  public func compression() throws(WebSocketError) -> PerMessageDeflateParameters? {
    try Registry.connection(self).compression
  }

  /// The subprotocol that was agreed on; nil for none.
  public func subprotocol() throws(WebSocketError) -> String? {
    try Registry.connection(self).subprotocol
  }

  /// The most bytes that `receiveMessage` joins if it is not told how many.
  package func messageLimit() throws(WebSocketError) -> Int {
    try Registry.connection(self).maxMessageSize.load(ordering: .relaxed)
  }

  /// The URL that answered; nil if it was not opened by URL, or by a call that returned a `WebSocketConnection`.
  package func connectedURL() throws(WebSocketError) -> WebSocketURL? {
    Registry.stream(of: try Registry.connection(self))?.connection.url
  }

  /// The socket that it was opened over; nil where it is no WebSocket any more.
  package var socketBelow: SocketDescriptor? { (try? Registry.connection(self))?.socket }
}
