/// When the next PING is due, and by when its PONG has to be there.
///
/// Times are nanoseconds of a clock of the caller's that does not go back.
///
/// A class, so that a connection without keep alive does not have the memory for it.
final class KeepAliveClock {
  private let interval: Int64
  private let timeout: Int64
  private var nextPing: Int64
  private var pongDue: Int64?
  /// The number in the last PING's payload.
  private var count: UInt32 = 0

  init(interval: Int64, timeout: Int64, now: Int64) {
    self.interval = interval
    self.timeout = timeout
    nextPing = now.addingUpToMaximum(interval)
  }

  var times: KeepAliveTimes { KeepAliveTimes(interval: interval, timeout: timeout) }

  /// When something is to be done next.
  var next: Int64 { pongDue ?? nextPing }

  /// - Returns: whether a PING is to be sent now. Its PONG is expected from then on.
  func isPingDue(at now: Int64) -> Bool {
    guard pongDue == nil, now >= nextPing else { return false }
    count &+= 1
    nextPing = now.addingUpToMaximum(interval)
    pongDue = now.addingUpToMaximum(timeout)
    return true
  }

  /// Whether a PONG should have been there.
  func isExpired(at now: Int64) -> Bool {
    pongDue.map { now >= $0 } ?? false
  }

  /// A PONG came. Any will do: if the program sends PINGs too, the peer may answer only the newest (RFC 6455 5.5.3), and
  /// a peer that sends PONG is there.
  func notePong() {
    pongDue = nil
  }

  /// The peer is there: bytes came, or it has taken some. Its PONG may be behind them, and has all of its time again.
  func noteLife(at now: Int64) {
    if pongDue != nil { pongDue = now.addingUpToMaximum(timeout) }
  }

  /// The payload of the last PING.
  var payload: InlineArray<4, UInt8> {
    InlineArray { UInt8(truncatingIfNeeded: count >> UInt32(24 - 8 * $0)) }
  }
}

extension Int64 {
  fileprivate func addingUpToMaximum(_ other: Int64) -> Int64 {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }
}
