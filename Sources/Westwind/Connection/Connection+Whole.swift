internal import Synchronization
internal import WebSocketProtocol
internal import WestwindSockets

/// The common case of receiving, in as few steps as can be: a binary frame that is not masked waits whole, and so, very
/// often, does the beginning of the next. Every other case takes the long way, which does the same for these.
extension Connection {
  /// The bytes of payload that wait, and their type, where all of the frame's do and nothing else is to be seen to; nil
  /// in other cases.
  @inline(__always) func wholePayload(_ side: inout ReadSide) -> (count: Int, type: MessageType)? {
    guard side.isCalm, let frame = side.frame, frame.key == nil, frame.type.contains(.binary), frame.remaining > 0,
      frame.remaining <= UInt64(side.input.count), isUndisturbed
    else { return nil }
    return (Int(frame.remaining), frame.type)
  }

  /// Nothing else is to be seen to before a frame is delivered.
  @inline(__always) var isUndisturbed: Bool {
    phase == .open && !isReadShut.load(ordering: .relaxed) && !hasAffairs
  }

  /// - Returns: nil where it is not the common case; nothing has been done then.
  func deliverWhole(into output: inout OutputRawSpan, _ side: inout ReadSide) -> ReceivedMessage? {
    guard let (count, type) = wholePayload(&side), count <= output.freeCapacity else { return nil }
    side.input.copyFirst(count, to: &output)
    dropWhole(count, &side)
    return ReceivedMessage(count: count, type: type, remaining: 0)
  }

  /// Takes the frame off, and goes on to the next where that is of the same kind and some of it is there.
  func dropWhole(_ count: Int, _ side: inout ReadSide) {
    side.input.drop(count)
    traffic.noteReceived(bytes: count)
    side.frame = nil
    _ = beginWhole(&side)
  }

  /// Asks the socket once, where nothing waits, and begins a frame of the common kind if that is what comes.
  ///
  /// - Parameter room: of the caller's memory; 0 where the payload is to be lent.
  /// - Returns: false where it is another case: what has come waits.
  func awaitWhole(_ side: inout ReadSide, room: Int, deadline: Deadline) throws(WebSocketError) -> Bool {
    guard side.isCalm, side.frame == nil, side.input.isEmpty, side.parser.isAtStart, phase == .open, !hasAffairs else {
      return false
    }
    try fill(&side, atMost: side.sizeOfFirstRead(room: room), deadline: deadline)
    return beginWhole(&side)
  }

  /// - Returns: false where what waits does not begin with such a header and some of its payload.
  @inline(__always) func beginWhole(_ side: inout ReadSide) -> Bool {
    guard let (header, payload) = side.commonFrame else { return false }
    side.input.drop(header)
    side.noteSize(header: header, payload: UInt64(payload))
    side.frame = ReadSide.DataFrame(
      type: MessageType(kind: .binary, isFinal: true), key: nil, remaining: UInt64(payload))
    traffic.noteReceivedFrame()
    return true
  }
}
