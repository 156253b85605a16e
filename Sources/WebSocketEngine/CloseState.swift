public import WebSocketProtocol

/// Where in its life a connection is: a set of facts, none of which is ever taken back.
///
///                              open
///                  CLOSE out  /    \  CLOSE in
///                            v      v
///                    closeSent      closeReceived         from each of them:
///                            \      /
///                   CLOSE in  v    v  CLOSE out           the stream broke, the peer broke the protocol,
///                             closed                      or no PONG came:  failed
///                                                         the owner is through:  disconnected
///
/// Each direction ends by itself. Behind `closeSent` or `sendFailed` nothing is sent; behind `receiveEnded` nothing is
/// delivered: the peer's CLOSE has been, or the stream has ended. So a peer that has sent CLOSE, or whose receiving side is
/// gone, is still read to the end of what it had to say.
///
/// Facts are only added, so two threads, each the owner of a direction, may add theirs with one atomic OR.
///
/// Source: RFC 6455 7.1, RFC 6455 5.5.1.
public struct CloseState: OptionSet, Sendable, Hashable {
  public let rawValue: UInt8

  @inlinable public init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  /// CLOSE is in the output, or has left.
  @inlinable public static var closeSent: CloseState { CloseState(rawValue: 1) }
  /// The stream takes no more.
  @inlinable public static var sendFailed: CloseState { CloseState(rawValue: 2) }
  /// The peer's CLOSE has come. Bytes behind it belong to nobody (RFC 6455 5.5.1).
  @inlinable public static var closeReceived: CloseState { CloseState(rawValue: 4) }
  /// Nothing more is delivered.
  @inlinable public static var receiveEnded: CloseState { CloseState(rawValue: 8) }
  /// The owner wants nothing more, as after `shutdown`.
  @inlinable public static var receiveShut: CloseState { CloseState(rawValue: 16) }
  /// The stream is of no more use in either direction.
  @inlinable public static var failed: CloseState { CloseState(rawValue: 32) }
  /// The owner has ended the connection.
  @inlinable public static var disconnected: CloseState { CloseState(rawValue: 64) }
  /// The connection's descriptor has been freed.
  @inlinable public static var freed: CloseState { CloseState(rawValue: 128) }

  /// A name for each part of the figure above.
  public enum Phase: Sendable, Hashable {
    case open, closeSent, closeReceived, closed, failed, disconnected
  }

  public var phase: Phase {
    if contains(.disconnected) { return .disconnected }
    if contains(.failed) { return .failed }
    switch (contains(.closeSent), contains(.closeReceived)) {
    case (true, true): return .closed
    case (true, false): return contains(.receiveEnded) ? .failed : .closeSent
    case (false, true): return contains(.sendFailed) ? .failed : .closeReceived
    case (false, false): return contains(.sendFailed) || contains(.receiveEnded) ? .failed : .open
    }
  }

  // Masks, since a set that is written as an array costs memory without the optimizer.

  /// Both directions may be used, as far as the connection as a whole is concerned.
  @inlinable public var isUsable: Bool {
    rawValue & (Self.failed.rawValue | Self.disconnected.rawValue) == 0
  }

  /// The stream takes bytes.
  @inlinable public var isWritable: Bool { isUsable && rawValue & Self.sendFailed.rawValue == 0 }

  /// A frame may be sent.
  @inlinable public var allowsSending: Bool { isWritable && rawValue & Self.closeSent.rawValue == 0 }

  /// Bytes from the stream may be of use.
  @inlinable public var allowsReceiving: Bool {
    isUsable && rawValue & (Self.receiveEnded.rawValue | Self.receiveShut.rawValue) == 0
  }
}

/// What ended a connection's receiving side, other than the peer's CLOSE and the end of the stream.
public enum EngineFailure: Error, Sendable, Hashable {
  /// The peer broke the protocol.
  case violation(ProtocolViolation)
  /// A message is over the limit, in bytes.
  case messageTooBig(limit: Int)
  /// There was no memory to decompress with.
  case outOfMemory
  /// No PONG came for a PING of the connection's own.
  case keepAliveExpired
  /// The stream broke; the number is the owner's, `errno` for one that has sockets.
  case streamLost(Int32)

  /// The code of the CLOSE that the peer is to be sent (RFC 6455 7.1.7, 7.4.1); nil for none.
  public var closeCode: CloseCode? {
    switch self {
    case .violation(let violation): violation.closeCode
    case .messageTooBig: .messageTooBig
    case .outOfMemory, .keepAliveExpired, .streamLost: nil
    }
  }
}
