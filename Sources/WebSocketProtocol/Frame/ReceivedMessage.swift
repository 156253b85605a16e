/// What `recvMsg` gives beside the bytes. All of it is right on every return.
public struct ReceivedMessage: Sendable, Hashable {
  /// Payload bytes delivered by this call; 0 for an empty frame.
  public var count: Int
  /// The frame's kind, and whether it is final and a continuation.
  public var type: MessageType
  /// Payload bytes of this frame that are still to be read.
  public var remaining: UInt64

  @inlinable public init(count: Int, type: MessageType, remaining: UInt64) {
    self.count = count
    self.type = type
    self.remaining = remaining
  }

  /// The frame is the last of its message. Its payload is whole when `remaining` is 0 too.
  @inlinable public var isFinal: Bool { type.contains(.final) }
  @inlinable public var isText: Bool { type.contains(.text) }
  @inlinable public var isBinary: Bool { type.contains(.binary) }
  @inlinable public var isClose: Bool { type.contains(.close) }
  @inlinable public var isPing: Bool { type.contains(.ping) }
  @inlinable public var isPong: Bool { type.contains(.pong) }
  @inlinable public var isContinuation: Bool { type.contains(.continuation) }
  /// The message ends with the bytes delivered.
  @inlinable public var endsMessage: Bool { isFinal && remaining == 0 }
}
