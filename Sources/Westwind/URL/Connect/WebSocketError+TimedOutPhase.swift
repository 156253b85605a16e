public import WestwindConnecting

extension WebSocketError {
  /// Where connecting by URL was when its time was over; nil where it failed of something else.
  public var timedOutPhase: ConnectError.Phase? {
    switch self {
    case .connect(let error):
      if case .timedOut = error.cause { error.phase } else { nil }
    case .handshake(let error):
      if case .timedOut = error.cause { .handshake } else { nil }
    default: nil
    }
  }
}
