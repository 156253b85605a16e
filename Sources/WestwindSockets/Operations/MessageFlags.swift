internal import CWestwindLinux
internal import SystemPackage
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

  // What the calls take, checked where a program's flags enter. Others would change what a call gives: with `MSG_TRUNC` the
  // kernel tells more bytes than it has written, with `MSG_OOB` it takes bytes out of the order of the stream.

  /// `MSG_NOSIGNAL` says what is so anyway, and `MSG_CMSG_CLOEXEC` is about descriptors that no layer receives.
  private static var idle: CInt { CInt(MSG_NOSIGNAL) | CInt(MSG_CMSG_CLOEXEC) }

  /// - Throws: `EOPNOTSUPP` if there is a flag that sending does not know.
  @inline(__always) func checkForSending() throws(Errno) {
    if rawValue != 0, rawValue & ~(CInt(MSG_DONTWAIT) | CInt(MSG_MORE) | Self.idle) != 0 {
      throw .notSupportedOnSocket
    }
  }

  /// - Throws: `EOPNOTSUPP` if there is a flag that receiving does not know.
  @inline(__always) func checkForReceiving() throws(Errno) {
    let known = CInt(MSG_PEEK) | CInt(MSG_WAITALL) | CInt(MSG_DONTWAIT) | Self.idle
    if rawValue != 0, rawValue & ~known != 0 { throw .notSupportedOnSocket }
  }
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
