internal import WebSocketProtocol
internal import WestwindSockets

extension Connection {
  /// Sends whole messages that lie one behind the other, each in one frame, and all in as few writes as may be.
  ///
  /// - Parameters:
  ///   - messages: what is left is one whose end is not there.
  ///   - isHeld: the last may be held back.
  ///   - length: the bytes of the message that begins here, at least 1; nil where that cannot be said yet.
  func send(
    messages: inout RawSpan, opcode: Opcode, isHeld: Bool, deadline: Deadline, length: (RawSpan) -> Int?
  ) throws(WebSocketError) {
    defer { pump() }  // as for one frame
    var rest = messages
    let outcome: Void? = try writeSide.withLock(until: deadline) { side throws(WebSocketError) in
      var next = length(rest)
      while let count = next, count <= rest.byteCount {
        let message = rest.extracting(first: count)
        rest = rest.extracting(droppingFirst: count)
        next = length(rest)
        let isLast = next.map { $0 > rest.byteCount } ?? true
        let frame = Outgoing(
          opcode: opcode, isMasked: role.sendsMasked, isFinal: true, isHeld: isHeld || !isLast)
        if frame.isHeld, appendWhole(frame, message, &side) {
          traffic.noteSent(bytes: count)
          continue
        }
        _ = try send(frame, message, RawSpan(), RawSpan(), on: &side, deadline: deadline)
      }
    }
    guard outcome != nil else { throw phase == .open ? .timedOut : ended }
    messages = rest
  }
}
