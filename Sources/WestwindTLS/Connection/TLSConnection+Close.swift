internal import Synchronization
internal import SystemPackage
internal import WestwindSockets

extension TLSConnection {
  /// How long a thread that was told to let go of a lock is waited for: it is on its way.
  private static let grace = Timeout.milliseconds(100)

  /// Says `close_notify` where that does not mean waiting, and gives the number back.
  func close() throws(Errno) {
    guard !isClosed.exchange(true, ordering: .sequentiallyConsistent) else { throw .badFileDescriptor }
    readiness.withLock { $0.setBuffered(true) }
    reader.nudge()
    writer.nudge()
    let soon = Deadline.now.adding(Self.grace)
    _ = writeSide.withLock(until: soon) { side in
      sayFarewell(&side)
      side.outgoing = nil
    }
    // A thread that was on its way into the kernel has left it when it has let go of its lock; the socket's number may
    // be another's from then on.
    _ = readSide.withLock(until: soon) { _ in
      if handshake.load(ordering: .acquiring) == .over { takeLeftovers() }
    }
    SocketDescriptor.unregister(number: number)
    readiness.withLock { $0.close() }
    if ownsSocket { try socket.close() }
  }

  /// Takes in what has come and nobody has read: session tickets above all. A TCP socket that is closed over unread bytes
  /// resets the connection (RFC 1122 4.2.2.13), and the peer might not get to read what was sent to it.
  private func takeLeftovers() {
    for _ in 0..<4 {
      let step = engine.withLock { engine in
        var nobodys = RecordBuffer()
        return nobodys.withFree { engine.read(into: &$0, isPeek: false) }
      }
      if step == .done { continue }
      guard step == .needsInput else { return }
      var input: RecordBuffer? = RecordBuffer()
      let count = try? input!.withFree { room throws(Errno) in
        try below.receive(into: &room, flags: [], wait: Wait(until: .immediate)).count
      }
      guard let count, count > 0 else { return }
      engine.withLock { swap(&$0.transport.input, &input) }
    }
  }

  /// Sends what waits, and `close_notify`. A peer to whom that cannot be sent now finds the stream truncated, which it is.
  private func sayFarewell(_ side: inout WriteSide) {
    // A descriptor below may say `EAGAIN` although it takes bytes; not without end.
    for _ in 0..<8 {
      do throws(Errno) {
        try flush(&side, Wait(until: .immediate))
        guard engine.withLock({ $0.owesClose }) else { return }
        engine.withLock { $0.close() }
      } catch {
        guard !error.endsStream, let events = try? below.wait(for: .writable, Wait(until: .immediate)),
          !events.isEmpty
        else { return }
      }
    }
  }
}
