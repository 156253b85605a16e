internal import Synchronization
internal import SystemPackage
internal import TLSEngine
internal import WestwindSockets

/// Polling, and numbers that are closed under the connection.
extension TLSConnection: Layer {
  /// Decrypts what has come. A session ticket, a KeyUpdate, or half a record is nothing for the program (RFC 8446 4.6).
  func canReceive() -> Bool {
    switch handshake.load(ordering: .acquiring) {
    case .underWay: return false  // `connect` reads, in another thread
    case .abandoned: return true
    case .over: break
    }
    if holdsDeliverable.load(ordering: .acquiring) || isReadShut.load(ordering: .acquiring) { return true }
    defer { pump() }
    // Another thread that reads takes what has come.
    return readSide.withLock(until: .immediate) { side in decryptWhatHasCome(&side) } ?? true
  }

  private func decryptWhatHasCome(_ side: inout ReadSide) -> Bool {
    let end = Deadline(Self.patience)
    repeat {
      if settle(&side) { return true }
      // OpenSSL has to say something first, for which there is no room.
      if tls.withLock({ $0.engine.hasInput }) { return false }
      do throws(Errno) {
        try fill(&side, atMost: Self.smallRead, Wait(until: .immediate), readWaker)
      } catch {
        return isClosed.load(ordering: .acquiring) || isReadShut.load(ordering: .acquiring)
      }
    } while !end.hasPassed
    return settle(&side)
  }

  var holdsNumber: Bool { readiness.withLock { $0.isIntact } }
  var holdsSocket: Bool { readiness.withLock { $0.watchesBelow } }

  func loseSocket(isOpen: Bool) {
    if isOpen {
      // What is above has a last word, too.
      Layers.end(over: number, of: self)
      _ = writeSide.withLock(until: .immediate) { side in sendCloseNotify(&side) }
    }
    isSocketLost.store(true, ordering: .sequentiallyConsistent)
    if !isOpen { Layers.end(over: number, of: self) }
    tls.withLock { $0.fail(.system(.badFileDescriptor)) }
    readiness.withLock { $0.loseBelow() }
    readWaker.wake()
    writeWaker.wake()
    // Behind these locks no thread uses the socket: `checkIsOpen` comes before each use.
    withLock(writeSide) { side in abandonOutput(&side, .badFileDescriptor) }
    withLock(readSide) { side in _ = settle(&side) }
  }

  func loseNumber() {
    readiness.withLock { $0.loseNumber() }
    try? close()
  }
}

/// Until it is connected.
extension TLSSocket: Layer {
  var holdsNumber: Bool { isIntact }
  // Its socket is its own.
  var holdsSocket: Bool { true }
  func loseSocket(isOpen: Bool) {}

  func loseNumber() {
    abandonNumber()
    try? close()
  }
}
