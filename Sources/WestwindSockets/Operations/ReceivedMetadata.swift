/// What `recvmsg` says beside the bytes.
public struct ReceivedMetadata: Sendable, Hashable {
  /// Bytes written to the caller's buffer.
  public var count: Int
  /// On a ws descriptor the bits of `MessageType`; 0 on others.
  public var type: UInt32
  /// On a ws descriptor the payload bytes of the frame that are still to be read; 0 on others.
  public var remaining: UInt64

  public init(count: Int, type: UInt32 = 0, remaining: UInt64 = 0) {
    self.count = count
    self.type = type
    self.remaining = remaining
  }
}
