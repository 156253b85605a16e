internal import SocketLayer
internal import Synchronization
internal import SystemPackage
internal import WebSocketProtocol

extension Connection {
  /// How long a thread that was told to let go of a lock is waited for beyond the deadline: it is on its way.
  private static let grace = Timeout.milliseconds(100)

  /// Ends the connection: CLOSE out, CLOSE in, the descriptor freed, in `deadline` at the most; freed on every path.
  ///
  /// - Returns: the peer's status; `.abnormal` where its CLOSE did not come.
  func disconnect(_ close: [UInt8], deadline: Deadline) throws(WebSocketError) -> CloseStatus {
    let before = phaseValue.exchange(Phase.disconnected.rawValue, ordering: .acquiringAndReleasing)
    guard before != Phase.disconnected.rawValue else { throw .badDescriptor }
    readInterruption.interrupt()
    writeInterruption.interrupt()
    let locksBy = max(deadline, Deadline.now.adding(Self.grace))
    defer { free() }

    if before == Phase.open.rawValue {
      let outcome = writeSide.withLock(until: locksBy) { side in
        Result { () throws(WebSocketError) in try sendClose(close, on: &side, wait: Wait(until: deadline)) }
      }
      try (outcome ?? .failure(.timedOut)).get()
      _ = readSide.withLock(until: locksBy) { side in awaitClose(&side, deadline: deadline) }
    }
    return closeStatus.withLock { $0 } ?? CloseStatus(code: .abnormal)
  }

  /// Sends what waits, and CLOSE if it has not been sent.
  private func sendClose(_ body: [UInt8], on side: inout WriteSide, wait: Wait) throws(WebSocketError) {
    guard side.failure == nil else { return }
    var sent = 0
    do throws(Errno) {
      try flush(&side, &sent, wait: wait)
      while let (opcode, body) = queue.withLock({ $0.take() }) {
        if !side.state.hasSentClose { append(opcode, body, to: &side) }
      }
      if !side.state.hasSentClose { append(.close, ControlQueue.Body(body), to: &side) }
      try flush(&side, &sent, wait: wait)
    } catch {
      side.failure = error
      if error == .wouldBlock { throw .timedOut }
      // The peer has gone already, and with it whoever could be told.
    }
  }

  /// Reads on, and past whatever comes, until the peer's CLOSE.
  private func awaitClose(_ side: inout ReadSide, deadline: Deadline) {
    while !side.hasEnded, !side.hasReceivedClose, side.failure == nil {
      do throws(WebSocketError) {
        if let frame = side.frame {
          let count = Int(min(UInt64(side.input.count), frame.remaining))
          side.input.drop(count)
          side.frame = frame.remaining == UInt64(count) ? nil : frame.skipping(count)
        }
        if side.control?.isDeliverable == true { side.control = nil }
        if side.input.isEmpty { try fillForClose(&side, deadline: deadline) }
        try parseBuffered(&side)
      } catch {
        return
      }
    }
  }

  /// One more read, although the connection is disconnected for everybody else.
  private func fillForClose(_ side: inout ReadSide, deadline: Deadline) throws(WebSocketError) {
    while true {
      do throws(Errno) {
        let count = try side.input.withFree { room throws(Errno) in
          try below.receive(into: &room, flags: [], wait: Wait(until: deadline)).count
        }
        guard count > 0 else { throw Errno.socketNotConnected }
        return
      } catch {
        switch error {
        case .interrupted: continue
        case .wouldBlock where !deadline.hasPassed:
          _ = try? below.wait(for: .readable, Wait(until: deadline))
        default: throw .connectionLost(error)
        }
      }
    }
  }

  /// Gives the number back. Nobody uses it by then: it is out of the tables, and the switches of readiness check for
  /// it.
  private func free() {
    Registry.unlist(self)
    SocketDescriptor.unregister(number: number)
    readiness.withLock { $0.close() }
  }
}

extension ReadSide.DataFrame {
  func skipping(_ count: Int) -> Self {
    var frame = self
    frame.remaining -= UInt64(count)
    frame.offset += count
    frame.prepared = 0
    return frame
  }
}
