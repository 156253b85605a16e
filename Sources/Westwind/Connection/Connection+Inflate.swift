internal import WebSocketProtocol

extension Connection {
  /// Inflates what has come of the compressed frame, and makes it the frame to deliver once it is whole.
  ///
  /// - Returns: false where it is not whole yet.
  func inflateArrived(_ side: inout ReadSide) throws(WebSocketError) -> Bool {
    guard var frame = side.compressed, let inflation = side.inflation else { return true }
    let count = Int(min(UInt64(side.input.count), frame.remaining))
    guard count > 0 || frame.remaining == 0 else { return false }
    if let key = frame.key { side.input.unmask(0..<count, key: key, payloadOffset: frame.offset) }
    frame.remaining -= UInt64(count)
    frame.offset += count
    let isWhole = frame.remaining == 0
    let endsMessage = isWhole && frame.type.contains(.final)
    side.compressed = isWhole ? nil : frame
    let before = inflation.output.count
    var failure: WebSocketError?
    do throws(WebSocketError) {
      try side.input.withFirst(count) { payload throws(WebSocketError) in
        try inflation.inflate(payload, endsMessage: endsMessage)
      }
    } catch {
      failure = error
    }
    side.input.drop(count)
    // The first fault is what the peer is told, however the frame arrived.
    if frame.type.contains(.text) {
      try checkInflated(from: before, inflation, endsMessage: endsMessage && failure == nil, &side)
    }
    if let failure { throw failure }
    guard isWhole else { return false }
    var data = ReadSide.DataFrame(type: frame.type, key: nil, remaining: UInt64(inflation.output.count))
    data.isInflated = true
    side.frame = data
    return true
  }

  /// RFC 7692 6.2: UTF-8 is a matter of the message's bytes, not of those on the wire.
  private func checkInflated(
    from start: Int, _ inflation: Inflation, endsMessage: Bool, _ side: inout ReadSide
  ) throws(WebSocketError) {
    var state = side.state
    do throws(ProtocolViolation) {
      try inflation.output.withSpan { bytes throws(ProtocolViolation) in
        try state.receiveText(bytes.extracting(start..<bytes.count), endsMessage: endsMessage)
      }
    } catch {
      throw .protocolViolation(error)
    }
    side.state = state
  }
}
