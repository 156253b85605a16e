internal import SocketLayer
internal import Synchronization
internal import SystemPackage

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
      try checkCanSend(side)
      var sent = 0
      defer { finishSending(&side) }
      do throws(Errno) {
        try flush(&side, &sent, wait: Wait(until: deadline, interruption: writeInterruption))
      } catch {
        switch error {
        case .wouldBlock: throw .timedOut
        case .canceled: throw ended
        default:
          side.failure = error
          throw .connectionLost(error)
        }
      }
    }
    // Whoever holds the write side sends what was held back, when it is through.
    if outcome == nil { hasQueued.store(true, ordering: .sequentiallyConsistent) }
    pump()
    guard outcome != nil else { throw phase == .open ? .timedOut : ended }
  }
}
