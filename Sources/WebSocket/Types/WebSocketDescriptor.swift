public import SocketLayer

/// A WebSocket's number. It is a kernel descriptor that polls readable exactly when `recvMsg` has something, and an
/// entry in the table of descriptors, so plain socket calls take it too.
public struct WebSocketDescriptor: RawRepresentable, Sendable, Hashable {
  public let rawValue: CInt

  public init(rawValue: CInt) {
    self.rawValue = rawValue
  }

  /// The same number, for `send`, `recv`, `poll` and the other socket calls.
  public var descriptor: SocketDescriptor {
    SocketDescriptor(rawValue: rawValue)
  }
}
