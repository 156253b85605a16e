internal import WestwindSockets

/// When the next PING is due, and by when the PONG has to be there.
struct KeepAliveClock: Sendable {
  private let interval: Timeout
  private let timeout: Timeout
  private var nextPing: Deadline
  private var pongDue: Deadline?
  /// The number in the last PING's payload.
  private var count: UInt32 = 0

  init(_ options: KeepAlive) {
    interval = Timeout(options.interval)
    timeout = Timeout(options.timeout)
    nextPing = Deadline.now.adding(interval)
  }

  /// When something is to be done next.
  var next: Deadline { pongDue ?? nextPing }

  /// What to do now.
  enum Action: Sendable {
    case nothing
    case sendPing([UInt8])
    case expired
  }

  mutating func tick(now: Deadline) -> Action {
    if let pongDue { return now >= pongDue ? .expired : .nothing }
    guard now >= nextPing else { return .nothing }
    count &+= 1
    nextPing = now.adding(interval)
    pongDue = now.adding(timeout)
    return .sendPing(payload)
  }

  /// A PONG came. Any will do: where the program sends PINGs too, the peer may answer only the newest (RFC 6455
  /// 5.5.3), and whoever sends PONG is there.
  mutating func notePong() {
    pongDue = nil
  }

  /// Part of a frame came: a PONG cannot arrive inside one.
  ///
  /// - Returns: whether that changes what is due.
  mutating func noteFrameArriving() -> Bool {
    guard pongDue != nil else { return false }
    pongDue = Deadline.now.adding(timeout)
    return true
  }

  private var payload: [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: count >> UInt32(24 - 8 * $0)) }
  }
}
