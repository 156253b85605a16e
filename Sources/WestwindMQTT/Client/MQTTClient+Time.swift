internal import MQTTProtocol
internal import SystemPackage
internal import WestwindSockets

extension MQTTClient {
  /// Sends PINGREQ. The answer is supervised: where it does not come in time, the connection is over.
  ///
  /// Zephyr's function is `mqtt_ping`.
  public func ping() throws(MQTTError) {
    guard link != nil else { throw .notConnected }
    let now = MQTTClient.now
    do throws(SessionRefusal) { try session.notePing(at: now) } catch { throw .refused(error) }
    // The answer may be behind what was sent before, as far as the broker has not taken it.
    link!.progress = link!.measureProgress()
    try append(2) { (out) throws(PacketEncodingError) in try PingPacket(.request).encode(into: &out) }
    try flushUnlessGathering()
    if !isInside { try armTimer() }
  }

  /// PINGREQs, of `ping` and of the client's own, that the broker has not answered; 0 behind a `connect`.
  ///
  /// Zephyr's field is `unacked_ping`.
  public var unansweredPings: Int { session.keepAlive.unansweredPings }

  /// Does what time asks for: PINGREQ, or an end to a connection on which nobody answers. `input` does it as well.
  ///
  /// - Returns: whether PINGREQ was sent.
  ///
  /// Zephyr's function is `mqtt_live`.
  @discardableResult
  public func live() throws(MQTTError) -> Bool {
    guard link != nil else { throw .notConnected }
    let hasPinged = try doWhatIsDue()
    if !isInside { try armTimer() }
    return hasPinged
  }

  /// Milliseconds until there is something to do, whatever comes from the broker until then; nil where there never is. As
  /// the timeout of a `poll`; `descriptor` polls readable then in any case.
  ///
  /// Zephyr's function is `mqtt_keepalive_time_left`.
  public var keepAliveTimeLeft: UInt64? {
    guard let due = nextMoment else { return nil }
    let now = MQTTClient.now
    return due > now ? due - now : 0
  }

  /// In milliseconds of the clock.
  var nextMoment: UInt64? {
    guard link != nil else { return nil }
    if let deadline = link!.connAckDeadline { return deadline }
    return session.state == .connected ? session.keepAlive.deadline : nil
  }

  @discardableResult
  func doWhatIsDue() throws(MQTTError) -> Bool {
    let now = MQTTClient.now
    if let deadline = link?.connAckDeadline, now >= deadline, !hasInput { throw fail(.noConnAck) }
    switch session.timeAction(at: now) {
    case .nothing: return false
    case .sendPing:
      try ping()
      return true
    case .giveUp:
      if hasInput { return false }
      let progress = link!.measureProgress()
      guard progress.isAhead(of: link!.progress) else { throw fail(.keepAliveExpired) }
      link!.progress = progress
      session.noteReceived(at: now)
      return false
    }
  }

  /// Bytes of the broker wait that nobody has looked at: what is overdue may be among them, however late the program looks.
  private var hasInput: Bool {
    if receivedIndex < received.count { return true }
    return link?.hasInput() ?? false
  }

  /// Sees to it that the descriptor polls readable when there is something to do. Traffic puts that moment off all the
  /// time; the timer is only set anew when it has fired, or is too late.
  func armTimer() throws(MQTTError) {
    guard link != nil, let due = nextMoment else { return }
    if let timer = link!.timer, timer <= due, timer > MQTTClient.now { return }
    do throws(Errno) {
      try link?.socket.setTimer(MQTTClient.deadline(milliseconds: due))
    } catch {
      throw fail(.system(error))
    }
    link!.timer = due
  }

  static func deadline(milliseconds: UInt64) -> Deadline {
    let (nanoseconds, overflow) = Int64(clamping: milliseconds).multipliedReportingOverflow(by: 1_000_000)
    return overflow ? .forever : Deadline(nanoseconds: nanoseconds)
  }
}
