/// What the echo run sends.
struct EchoPlan {
  var size: Int
  var count: Int
  var isText: Bool
  /// The largest payload of one frame in bytes; nil sends each message as one frame.
  var fragment: Int?
  var api: API
  var limit: Duration

  /// Frames that each message is sent in.
  var framesPerMessage: Int {
    guard let fragment, size > 0 else { return 1 }
    return (size - 1) / fragment + 1
  }

  /// Whether the echo must be read while the message is still on its way out.
  ///
  /// A message of at most 64 KiB in few frames fits into the receive window of our own socket, so the peer can always
  /// send all of it back.
  var needsSendThread: Bool {
    size > 65_536 || framesPerMessage > 64
  }
}

/// Which calls the run makes on the WebSocket.
enum API: String, CaseIterable {
  /// `sendMsg` and received frames.
  case msg
  /// `send` and `recv`, as on any socket.
  case bsd
}
