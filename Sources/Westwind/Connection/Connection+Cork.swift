internal import Synchronization
internal import WestwindSockets

extension Connection {
  /// Holds frames back from now on.
  func cork() throws(WebSocketError) {
    guard phase == .open else { throw ended }
    corks.wrappingAdd(1, ordering: .sequentiallyConsistent)
  }

  /// Sends what was held back, when the last cork is out.
  func uncork(deadline: Deadline) throws(WebSocketError) {
    guard corks.wrappingSubtract(1, ordering: .sequentiallyConsistent).newValue == 0 else { return }
    let outcome: Void? = try writeSide.withLock(until: deadline) { side throws(WebSocketError) in
      try checkCanSend(&side)
      try flushHeld(&side, deadline: deadline)
    }
    // Whoever holds the write side sends what was held back, when it is through.
    if outcome == nil { hasQueued.store(true, ordering: .sequentiallyConsistent) }
    pump()
    guard outcome != nil else { throw phase == .open ? .timedOut : ended }
  }
}
