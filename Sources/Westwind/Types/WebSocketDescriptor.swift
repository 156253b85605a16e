public import WestwindSockets

/// A WebSocket's number. It is a kernel descriptor that polls readable exactly when `recvMsg` has something, and an
/// entry in the table of descriptors, so plain socket calls take it too.
///
/// The value that a call returned knows its connection besides: using it costs no look-up, and when the WebSocket has been
/// freed it stays that one's, whoever has the number by then. A value made of the number alone means what the number
/// means at the time of the call. Descriptors are equal where their numbers are: take one out of a set or a dictionary when
/// it is disconnected, as a number from the kernel.
public struct WebSocketDescriptor: RawRepresentable, Sendable, Hashable {
  public let rawValue: CInt
  /// Nil where the value was made of the number alone.
  let connection: BlockingConnection?

  public init(rawValue: CInt) {
    self.rawValue = rawValue
    connection = nil
  }

  init(_ connection: BlockingConnection) {
    rawValue = connection.number
    self.connection = connection
  }

  /// The same number, for `send`, `recv`, `poll` and the other socket calls.
  public var descriptor: SocketDescriptor {
    SocketDescriptor(rawValue: rawValue)
  }

  public static func == (a: WebSocketDescriptor, b: WebSocketDescriptor) -> Bool { a.rawValue == b.rawValue }

  public func hash(into hasher: inout Hasher) { hasher.combine(rawValue) }
}
