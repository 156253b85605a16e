internal import CWestwindLinux
internal import Glibc

/// The flags of `send` and `recv`, with the meaning they have on a socket.
public struct MessageFlags: OptionSet, Sendable, Hashable {
  public let rawValue: CInt

  public init(rawValue: CInt) {
    self.rawValue = rawValue
  }

  /// `MSG_PEEK`: leaves the bytes where they are.
  public static var peek: MessageFlags { MessageFlags(rawValue: CInt(MSG_PEEK)) }
  /// `MSG_WAITALL`: returns with a full buffer, or less at the end of the stream, on an error or a timeout.
  public static var waitAll: MessageFlags { MessageFlags(rawValue: CInt(MSG_WAITALL)) }
  /// `MSG_DONTWAIT`: `EAGAIN` where the call would have to wait.
  public static var dontWait: MessageFlags { MessageFlags(rawValue: CInt(MSG_DONTWAIT)) }
  /// `MSG_MORE`: more follows, so these bytes may be held back.
  public static var more: MessageFlags { MessageFlags(rawValue: CInt(MSG_MORE)) }
}

/// `shutdown`'s argument.
public enum ShutdownDirection: Sendable, Hashable {
  case read
  case write
  case both
}
