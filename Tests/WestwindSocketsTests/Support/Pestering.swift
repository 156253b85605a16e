import Glibc

/// A signal whose handler does nothing, so that all it does is to interrupt system calls.
enum Pestering {
  /// Installed at first use.
  private static let signal: CInt = {
    var action = sigaction()
    action.__sigaction_handler.sa_handler = { _ in }
    precondition(sigaction(SIGUSR2, &action, nil) == 0, "no handler for SIGUSR2")
    return SIGUSR2
  }()

  /// Sends a call's thread the signal again and again until it is over.
  ///
  /// - Parameter enough: called once, when many signals have been sent.
  /// - Returns: what the call gave back.
  static func join<Value>(_ call: BlockedCall<Value>, enough: () throws -> Void = {}) throws -> Value {
    try call.waitUntilBlocked()
    var signals = 0
    try wait(until: "a call ends") {
      call.signal(signal)
      signals += 1
      if signals == 100 { try enough() }
      return call.isOver
    }
    return try call.join()
  }
}
