internal import Synchronization
internal import SystemPackage
internal import TLSEngine
internal import WestwindBuffers
internal import WestwindSockets

extension TLSConnection {
  /// How long to wait for a lock before a look whether the thread that has it can be in this process.
  private static let grace = Timeout.milliseconds(100)

  /// Sends `close_notify` if that does not mean waiting, and gives the number back.
  func close() throws(Errno) {
    guard !isClosed.exchange(true, ordering: .sequentiallyConsistent) else { throw .badFileDescriptor }
    // Behind a `close(2)` the socket's number may be another file's.
    if !holdsSocket { isSocketLost.store(true, ordering: .sequentiallyConsistent) }
    readiness.withLock { $0.wake() }
    readWaker.wake()
    writeWaker.wake()
    // A thread that has a lock has been woken, and lets go of it without waiting for anything. Behind it, it does not use
    // the socket any more, whose number may be another's from then on.
    withLock(writeSide) { side in
      sendCloseNotify(&side)
      side.outgoing.drop(side.outgoing.count)
      side.outgoing.release(to: memory)
    }
    withLock(readSide) { _ in
      // Within the handshake the engine is another thread's, which has been woken.
      guard handshake.load(ordering: .acquiring) == .over else { return }
      if !isSocketLost.load(ordering: .sequentiallyConsistent) { drainUnread() }
      tls.withLock { $0.engine.discard(memory: memory) }
    }
    SocketDescriptor.unregister(number: number, of: self)
    Layers.leave(socket.rawValue, self)
    readiness.withLock { $0.close() }
    if ownsSocket, !isSocketLost.load(ordering: .sequentiallyConsistent) { try socket.close() }
  }

  /// Runs the body with the lock held, unless a thread has it that is not in this process, which was forked off.
  func withLock<Side: ~Copyable>(_ lock: borrowing Lock<Side>, _ body: (inout Side) -> Void) {
    repeat {
      if lock.withLock(until: .now.adding(Self.grace), body) != nil { return }
    } while forks == currentForkCount()
  }

  /// Takes in what has come and nobody has read: session tickets above all. A TCP socket that is closed over unread bytes
  /// resets the connection (RFC 1122 4.2.2.13), and the peer might not get to read what was sent to it.
  private func drainUnread() {
    var buffer = ByteQueue(capacity: TLSConnectionEngine.bufferCapacity)
    defer { buffer.release(to: memory) }
    let end = Deadline(Self.patience)
    for round in 0..<16 where round == 0 || !end.hasPassed {
      buffer.acquire(from: memory)
      let step = tls.withLock { tls in
        buffer.withFree { tls.engine.read(into: &$0, memory: memory) }
      }
      buffer.drop(buffer.count)
      if step == .done { continue }
      guard step == .needsInput else { return }
      let count = try? buffer.withFree(atMost: Self.smallRead) { room throws(Errno) in
        try below.receive(into: &room, flags: [], wait: Wait(until: .immediate)).count
      }
      guard let count, count > 0 else { return }
      tls.withLock { $0.engine.exchangeInput(&buffer) }
    }
  }

  /// Sends what waits, and `close_notify`. A peer to whom that cannot be sent now finds the stream truncated, which it is.
  func sendCloseNotify(_ side: inout WriteSide) {
    // A descriptor below may say `EAGAIN` although it takes bytes; not without end.
    for _ in 0..<8 {
      do throws(Errno) {
        try flush(&side, Wait(until: .immediate))
        guard tls.withLock({ $0.engine.owesClose }) else { return }
        tls.withLock { $0.engine.close(memory: memory) }
      } catch {
        guard !error.endsStream, let events = try? below.wait(for: .writable, Wait(until: .immediate)),
          !events.isEmpty
        else { return }
      }
    }
  }
}
