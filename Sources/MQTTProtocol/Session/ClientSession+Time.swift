extension ClientSession {
  /// Notes that a packet has left, any packet: keep alive counts the time between them.
  public mutating func noteSent(at now: UInt64) { keepAlive.noteSent(at: now) }

  /// Notes that bytes have come, any bytes; or that the broker has taken some that were sent, in front of PINGREQ.
  public mutating func noteReceived(at now: UInt64) { keepAlive.noteReceived(at: now) }

  /// Notes that PINGREQ has left.
  public mutating func notePing(at now: UInt64) throws(SessionRefusal) {
    try require(.connected)
    keepAlive.notePing(at: now)
  }

  /// Takes PINGRESP. One that nothing asked for is no rule's breach, and does nothing.
  public mutating func receivePingResponse() throws(MQTTViolation) {
    try expectConnected(.pingResp)
    keepAlive.notePingResponse()
  }

  /// What keep alive asks for at that time.
  public func timeAction(at now: UInt64) -> KeepAliveTimer.Action {
    state == .connected ? keepAlive.action(at: now) : .nothing
  }

  /// Milliseconds until `timeAction` has something to do; 0 where it has now, nil where it never will.
  public func timeLeft(at now: UInt64) -> UInt64? {
    guard state == .connected, let deadline = keepAlive.deadline else { return nil }
    return deadline > now ? deadline - now : 0
  }
}
