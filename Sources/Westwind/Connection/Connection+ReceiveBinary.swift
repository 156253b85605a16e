internal import WebSocketProtocol
internal import WestwindSockets

extension Connection {
  /// Delivers payload of binary frames, joined: as much as has come when the first byte of it has.
  ///
  /// It passes over control frames and empty ones, and stops in front of text and behind CLOSE.
  func receiveBinary(into output: inout OutputRawSpan, deadline: Deadline) throws(WebSocketError) -> BinaryRun {
    guard output.freeCapacity > 0 else { throw .invalidArgument(.emptyBuffer) }
    return try reading(until: deadline) { side throws(WebSocketError) in
      let first = try receiveFirstBinary(into: &output, &side, deadline: deadline)
      guard case .bytes(var count) = first else { return first }
      do throws(WebSocketError) {
        while !output.isFull {
          try parseBuffered(&side)
          // what is not there yet is not waited for
          guard let frame = side.frame, !frame.type.contains(.text), side.hasSomething else { break }
          count += try deliverOrPass(frame, into: &output, &side, deadline: .immediate)
        }
      } catch {
        if !error.isTransient, phase != .disconnected { side.failure = error }
      }
      return .bytes(count)
    }
  }

  /// Waits for the first byte.
  private func receiveFirstBinary(
    into output: inout OutputRawSpan, _ side: inout ReadSide, deadline: Deadline
  ) throws(WebSocketError) -> BinaryRun {
    var budget = ReadBudget()
    while true {
      try awaitFrame(&side, room: output.freeCapacity, deadline: deadline)
      if let frame = side.frame {
        guard !frame.type.contains(.text) else { return .text }
        let count = try deliverOrPass(frame, into: &output, &side, deadline: deadline)
        if count > 0 { return .bytes(count) }
      } else {
        finishControl(&side)
        if side.hasEnded { return .close }
      }
      if budget.isSpent(deadline) { throw cutShort(&side) }
    }
  }

  private func deliverOrPass(
    _ frame: ReadSide.DataFrame, into output: inout OutputRawSpan, _ side: inout ReadSide, deadline: Deadline
  ) throws(WebSocketError) -> Int {
    guard frame.remaining > 0 else {
      side.frame = nil
      return 0
    }
    return try deliverData(into: &output, Delivery(fillsBuffer: false), &side, deadline: deadline).count
  }
}
