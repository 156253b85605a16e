public import WebSocketProtocol

/// A message whose fragments are being joined.
public struct JoinedMessage: Sendable, Hashable {
  /// `.text` or `.binary`.
  public var type: MessageType
  /// The bytes so far.
  public var payload: [UInt8]

  public init(type: MessageType, payload: [UInt8] = []) {
    self.type = type
    self.payload = payload
  }
}

extension ReceiveEngine {
  /// Begins the message that the data frame under way is the first of, and checks that the frame does not make it too big.
  ///
  /// - Parameters:
  ///   - joined: what earlier frames have brought; nil for none.
  ///   - limit: the most bytes that the message may have.
  /// - Throws: `messageTooBig`; `next` says so from then on.
  public mutating func begin(_ joined: inout JoinedMessage?, limit: Int) throws(EngineFailure) {
    // What was joined of a message whose rest another call has taken is nobody's.
    if !message.isContinuation, isAtFrameStart { joined = nil }
    let count = joined?.payload.count ?? 0
    guard count <= limit, message.remaining <= UInt64(limit - count) else {
      fail(.messageTooBig(limit: limit))
      throw .messageTooBig(limit: limit)
    }
    if joined == nil { joined = JoinedMessage(type: message.isText ? .text : .binary) }
  }

  /// Joins what waits of the data frame under way to the message, and takes it.
  ///
  /// - Returns: whether the message ends with it.
  /// - Throws: as `begin`, and text that is not UTF-8.
  public mutating func join(_ joined: inout JoinedMessage?, limit: Int) throws(EngineFailure) -> Bool {
    try begin(&joined, limit: limit)
    let count = available
    try prepare(count)
    let endsMessage = message.isFinal && message.remaining == UInt64(count)
    withPayload(count) { bytes in
      // Sound: read within its bounds.
      unsafe bytes.withUnsafeBytes { unsafe joined!.payload.append(contentsOf: $0) }
    }
    takePayload(count)
    return endsMessage
  }
}
