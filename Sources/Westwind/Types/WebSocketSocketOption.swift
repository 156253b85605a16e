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
  /// Milliseconds from one PING of the connection's own to the next; 0: none. As `WebSocketOptions.ping`. This option and the
  /// next two fail with `EBUSY` while another thread is in a receiving call.
  case pingInterval = 4
  /// Milliseconds that the PONG may take, 1 or more. `EINVAL` if there is no interval: set that first.
  case pingTimeout = 5
  /// Bytes; 0 or more. As `WebSocketOptions.maxMessageSize`.
  case messageLimit = 6
  /// Get: 1 if compression was agreed on, 0 if not.
  case compressed = 7
  /// Get: the subprotocol that was agreed on, as text with a NUL behind it, cut to fit; no bytes for none.
  case subprotocol = 8
}
