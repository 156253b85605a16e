public import SystemPackage

extension SocketDescriptor {
  /// Ends one direction, or both. On a ws descriptor ending the write direction sends CLOSE.
  ///
  /// The corresponding C function is `shutdown`.
  public func shutdown(_ direction: ShutdownKind) throws(Errno) {
    try operations.shutdown(direction)
  }

  /// Frees the descriptor. A ws descriptor sends CLOSE first, if it has not yet, does not wait for the answer, and
  /// leaves the socket below open. The number is free afterwards, also when this throws.
  ///
  /// The corresponding C function is `close`.
  public func close() throws(Errno) {
    try operations.close()
  }
}
