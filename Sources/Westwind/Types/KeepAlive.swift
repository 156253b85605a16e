/// PING frames that find out whether the peer is still there.
///
/// They leave from within the receiving calls: a thread blocked in `recvMsg` sends them in time, and a program that
/// polls finds the descriptor readable when one is due and calls `recvMsg`. No thread runs on its own.
public struct KeepAlive: Sendable, Hashable {
  /// From one PING to the next.
  public var interval: Duration
  /// How long the peer may be silent behind a PING, before the connection is failed with `keepAliveExpired`. As long as
  /// bytes of the peer arrive, its PONG may be behind them. As long as it takes bytes that were sent, a large frame of
  /// this side's say, the PING may be behind those. Both begin the time again: it is found out within twice the time that
  /// a peer is gone.
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
