public import PerMessageDeflate
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

  /// The socket that it was opened over; nil where it is no WebSocket any more.
  package var socketBelow: SocketDescriptor? { (try? Registry.connection(self))?.socket }
}
