extension WebSocketDescriptor {
  /// How the peer ended the connection; nil where it has not.
  public func closeStatus() throws(WebSocketError) -> CloseStatus? {
    try Registry.connection(self).closeStatus.withLock { $0 }
  }

  /// The subprotocol that was agreed on; nil for none.
  public func subprotocol() throws(WebSocketError) -> String? {
    try Registry.connection(self).subprotocol
  }
}
