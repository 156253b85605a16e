/// PING frames that find out whether the peer is still there.
///
/// They leave from within the receiving calls: a thread blocked in `recvMsg` sends them in time, and a program that
/// polls finds the descriptor readable when one is due and calls `recvMsg`. No thread runs on its own.
public struct KeepAlive: Sendable, Hashable {
  /// From one PING to the next.
  public var interval: Duration
  /// How long the PONG may take before the connection is failed with `keepAliveExpired`. The time during which a
  /// frame of the peer is arriving does not count: it cannot send a PONG inside one.
  public var timeout: Duration

  private init(interval: Duration, timeout: Duration) {
    self.interval = interval
    self.timeout = timeout
  }

  /// - Parameters:
  ///   - interval: from one PING to the next.
  ///   - timeout: how long the PONG may take.
  public static func ping(interval: Duration, timeout: Duration) -> KeepAlive {
    KeepAlive(interval: interval, timeout: timeout)
  }
}
