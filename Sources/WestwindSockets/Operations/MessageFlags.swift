internal import CWestwindLinux
internal import WestwindPlatform

/// The flags of `send` and `recv`, with the meaning they have on a socket. Names are those of swift-system's SystemSockets
/// where it has one.
public struct MessageFlags: OptionSet, Sendable, Hashable {
  public let rawValue: CInt

  public init(rawValue: CInt) {
    self.rawValue = rawValue
  }

  /// `MSG_PEEK`: leaves the bytes where they are.
  public static var peek: MessageFlags { MessageFlags(rawValue: CInt(MSG_PEEK)) }
  /// `MSG_WAITALL`: returns with a full buffer, or less at the end of the stream, on an error or a timeout.
  public static var waitForAll: MessageFlags { MessageFlags(rawValue: CInt(MSG_WAITALL)) }
  /// `MSG_DONTWAIT`: `EAGAIN` if the call would have to wait.
  public static var dontWait: MessageFlags { MessageFlags(rawValue: CInt(MSG_DONTWAIT)) }
  /// `MSG_MORE`: more follows, so these bytes may be held back.
  public static var more: MessageFlags { MessageFlags(rawValue: CInt(MSG_MORE)) }
}

/// Which directions of a connection end: the argument of `shutdown`, named as in swift-system's SystemSockets.
public enum ShutdownKind: Sendable, Hashable {
  /// `SHUT_RD`: nothing more is received.
  case read
  /// `SHUT_WR`: nothing more is sent, and the peer sees the end of the stream.
  case write
  /// `SHUT_RDWR`: both.
  case readWrite
}
