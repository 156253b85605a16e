internal import Synchronization
internal import SystemPackage
internal import WestwindSockets

extension TLSConnection {
  /// How long to wait for a lock before a look whether the thread that has it can be in this process.
  private static let grace = Timeout.milliseconds(100)

  /// Says `close_notify` where that does not mean waiting, and gives the number back.
  func close() throws(Errno) {
    guard !isClosed.exchange(true, ordering: .sequentiallyConsistent) else { throw .badFileDescriptor }
    readiness.withLock { $0.wake() }
    readWaker.wake()
    writeWaker.wake()
    // A thread that has a lock has been woken, and lets go of it without waiting for anything. Behind it, it does not use
    // the socket any more, whose number may be another's from then on.
    withLock(writeSide) { side in
      sayFarewell(&side)
      side.outgoing = nil
    }
    withLock(readSide) { _ in
      if handshake.load(ordering: .acquiring) == .over { takeLeftovers() }
    }
    SocketDescriptor.unregister(number: number)
    readiness.withLock { $0.close() }
    if ownsSocket { try socket.close() }
  }

  /// Runs the body with the lock held, unless a thread has it that is not in this process, which was forked off.
  private func withLock<Side: ~Copyable>(_ lock: borrowing Lock<Side>, _ body: (inout Side) -> Void) {
    repeat {
      if lock.withLock(until: .now.adding(Self.grace), body) != nil { return }
    } while forks == currentForkCount()
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
