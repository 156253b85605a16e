internal import Synchronization
internal import SystemPackage
internal import WebSocketEngine
internal import WestwindConfiguration
internal import WestwindSockets

/// Options that the read side goes by, and that can be changed while the connection is open.
extension BlockingConnection {
  /// How long a thread that is about to leave a receiving call is waited for. One that waits for bytes has the lock for longer.
  private static let grace = Timeout.milliseconds(100)

  /// - Parameter milliseconds: 0 for no PING.
  func setPingInterval(_ milliseconds: CInt) throws(Errno) {
    guard milliseconds >= 0 else { throw .invalidArgument }
    try withReadSide { side throws(Errno) in
      let timeout =
        side.engine.keepAliveTimes?.timeout
        ?? Timeout.milliseconds(BuildConfiguration.WEBSOCKET_PING_TIMEOUT_MS).nanoseconds
      let interval = Timeout.milliseconds(Int(milliseconds)).nanoseconds
      set(milliseconds == 0 ? nil : KeepAliveTimes(interval: interval, timeout: timeout), &side)
    }
  }

  func setPingTimeout(_ milliseconds: CInt) throws(Errno) {
    guard milliseconds > 0 else { throw .invalidArgument }
    try withReadSide { side throws(Errno) in
      guard let times = side.engine.keepAliveTimes else { throw .invalidArgument }
      let timeout = Timeout.milliseconds(Int(milliseconds)).nanoseconds
      set(KeepAliveTimes(interval: times.interval, timeout: timeout), &side)
    }
  }

  /// nil for no PING.
  func pingTimes() throws(Errno) -> KeepAliveTimes? {
    try withReadSide { side throws(Errno) in side.engine.keepAliveTimes }
  }

  func setMessageLimit(_ bytes: CInt) throws(Errno) {
    guard bytes >= 0 else { throw .invalidArgument }
    try withReadSide { side throws(Errno) in
      maxMessageSize.store(Int(bytes), ordering: .relaxed)
      side.engine.setMessageLimit(Int(bytes))
    }
  }

  private func set(_ times: KeepAliveTimes?, _ side: inout ReadSide) {
    side.engine.setKeepAlive(times, now: Deadline.now.nanoseconds)
    guard times == nil else { return armTimer(&side) }
    side.timerDeadline = 0
    // There is no timer, or it is stopped.
    readiness.withLock { try? $0.setTimer(nil) }
  }

  private func withReadSide<R>(_ body: (inout ReadSide) throws(Errno) -> R) throws(Errno) -> R {
    var result: R?
    let isFree: Void? = try readSide.withLock(until: .now.adding(Self.grace)) { side throws(Errno) in
      result = try body(&side)
    }
    guard isFree != nil, let result else { throw .resourceBusy }
    return result
  }
}

extension Int64 {
  /// Of nanoseconds.
  var inMilliseconds: Int64 { self / 1_000_000 }
}

extension OutputRawSpan {
  /// Writes what `getsockopt` is to give, with a NUL, cut to fit; nothing for nil.
  mutating func appendText(_ text: String?) {
    guard let text, freeCapacity > 0 else { return }
    for byte in text.utf8.prefix(freeCapacity - 1) { append(byte) }
    append(0)
  }
}
