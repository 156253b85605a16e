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
  /// A layer over the descriptor ends first: a WebSocket sends CLOSE, as far as that leaves without waiting, and its calls
  /// fail with `ENOTCONN` from then on. Its own descriptor stays, to be closed by its owner.
  ///
  /// Close what this library has to do with by this call, and not by `close(2)`, of which it hears nothing. It notices such a
  /// number when the kernel gives it to `open`, `accept` or another call of the library, and when it is closed or polled.
  ///
  /// The corresponding C function is `close`.
  public func close() throws(Errno) {
    Layers.end(over: rawValue, isOpen: true)
    if layer != nil { Layers.dropStale(rawValue) }
    try operations.close()
  }
}
