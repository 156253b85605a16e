/// The options that a ws descriptor has of its own, for `setsockopt` and `getsockopt` with `level`. Options of other
/// levels go to the socket below.
public enum WebSocketSocketOption: CInt, Sendable, Hashable {
  /// The level of these options; no system uses it.
  public static let level: CInt = 6455

  /// The opcode of a plain `send`: 1 for TEXT, 2 for BINARY.
  case sendOpcode = 1
  /// 1: PING and CLOSE are answered; 0: every control frame is delivered and nothing is answered.
  case automaticControlFrames = 2
  /// 1: as `automaticControlFrames`, and `sendMsg` refuses a `mask` that is not the role's (RFC 6455 5.1); 0: neither,
  /// Zephyr's way.
  case strict = 3
}
