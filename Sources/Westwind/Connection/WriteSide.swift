internal import SystemPackage
internal import WebSocketProtocol

/// What the write lock protects.
struct WriteSide: ~Copyable {
  var state = SendState()
  var keys = MaskingKeys()
  /// Whole frames that have not left yet: held back by the caller, or not taken by the socket.
  var output: ByteQueue
  /// Where permessage-deflate was agreed on.
  private(set) var deflation: Deflation?
  /// The socket did not take all of it, and `readiness` has been told.
  var isWaitingForRoom = false
  /// What sending failed with; nothing more can be sent.
  var failure: Errno?

  init(output: consuming ByteQueue, deflation: Deflation?) {
    self.output = output
    self.deflation = deflation
  }

  /// Gives back all memory that is not its own.
  mutating func empty() {
    output.drop(output.count)
    output.releaseIfEmpty()
    deflation = nil
  }
}
