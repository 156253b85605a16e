/// When to say PINGREQ, and when its answer is overdue (3.1.2.10, 3.12). Times are milliseconds of any clock that only
/// goes forward.
///
/// - A ping is due when nothing was sent for nine tenths of the keep alive: the rule is about the time between packets
///   ([MQTT-3.1.2-20], in 3.1.1 [MQTT-3.1.2-23]), and the tenth is the way to the broker. Also when nothing was received
///   for as long, since a client that only ever sends would not notice that nobody is there.
/// - Its answer is overdue after half of the keep alive, or what the caller sets, so a connection that is half open is
///   found within one and a half. Any byte that comes puts that off: an answer cannot overtake a payload.
public struct KeepAliveTimer: Sendable, Hashable {
  /// Milliseconds; 0 is no keep alive.
  public private(set) var interval: UInt64
  /// Milliseconds that the answer may take.
  public private(set) var pingTimeout: UInt64
  private var lastSent: UInt64
  private var lastReceived: UInt64
  private var pingSent: UInt64?
  /// PINGREQs that have not been answered.
  public private(set) var unansweredPings = 0

  /// What there is to do.
  public enum Action: Sendable, Hashable {
    case nothing
    /// Send PINGREQ, and say so by `ClientSession.notePing`.
    case sendPing
    /// The answer to PINGREQ did not come: the connection is dead. Close it without DISCONNECT.
    case giveUp
  }

  /// - Parameters:
  ///   - seconds: 0 turns it off.
  ///   - pingTimeout: milliseconds; nil is half of the keep alive.
  ///   - now: nothing was sent or received before.
  public init(seconds: UInt16, pingTimeout: UInt64? = nil, at now: UInt64) {
    interval = UInt64(seconds) * 1000
    self.pingTimeout = pingTimeout ?? interval / 2
    lastSent = now
    lastReceived = now
  }

  mutating func noteSent(at now: UInt64) { lastSent = now }

  mutating func noteReceived(at now: UInt64) { lastReceived = now }

  mutating func notePing(at now: UInt64) {
    lastSent = now
    if pingSent == nil { pingSent = now }
    unansweredPings += 1
  }

  mutating func notePingResponse() {
    pingSent = nil
    if unansweredPings > 0 { unansweredPings -= 1 }
  }

  private var pingDue: UInt64 {
    // with a ping under way only the rule counts
    (pingSent == nil ? min(lastSent, lastReceived) : lastSent).addingUpToMaximum(interval - interval / 10)
  }

  private var pingOverdue: UInt64? {
    guard let pingSent else { return nil }
    return max(pingSent, lastReceived).addingUpToMaximum(pingTimeout)
  }

  /// The time at which there is something to do; nil where there never is.
  public var deadline: UInt64? {
    guard interval > 0 else { return nil }
    return min(pingDue, pingOverdue ?? .max)
  }

  /// What there is to do at that time.
  public func action(at now: UInt64) -> Action {
    guard interval > 0 else { return .nothing }
    if let pingOverdue, now >= pingOverdue { return .giveUp }
    return now >= pingDue ? .sendPing : .nothing
  }
}

extension UInt64 {
  fileprivate func addingUpToMaximum(_ other: UInt64) -> UInt64 {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }
}
