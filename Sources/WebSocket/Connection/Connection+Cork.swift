internal import SocketLayer
internal import SystemPackage

extension Connection {
  /// Holds frames back from now on.
  func cork() throws(WebSocketError) {
    let outcome: Void? = try writeSide.withLock(until: .forever) { side throws(WebSocketError) in
      try checkCanSend(side)
      side.corks += 1
    }
    guard outcome != nil else { throw ended }
  }

  /// Sends what was held back, when the last cork is out.
  func uncork(deadline: Deadline) throws(WebSocketError) {
    let outcome: Void? = try writeSide.withLock(until: .forever) { side throws(WebSocketError) in
      side.corks -= 1
      guard side.corks == 0 else { return }
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
    pump()
    guard outcome != nil else { throw ended }
  }
}
