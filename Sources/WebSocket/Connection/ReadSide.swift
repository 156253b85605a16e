internal import SocketLayer
internal import WebSocketProtocol

/// What the read lock protects.
struct ReadSide: ~Copyable {
  /// The data frame whose payload is being read.
  struct DataFrame {
    let type: MessageType
    let key: MaskingKey?
    /// Payload bytes still to be delivered.
    var remaining: UInt64
    /// Payload bytes delivered.
    var offset = 0
    /// How many of the bytes that wait in the input have been unmasked and, if text, checked.
    var prepared = 0
  }

  /// The control frame that is arriving, or waits to be delivered.
  struct ControlFrame {
    let opcode: Opcode
    let length: Int
    let key: MaskingKey?
    var body = ControlQueue.Body()
    /// All of it has come, and the caller is to have it.
    var isDeliverable = false
    var delivered = 0
  }

  var input: ByteQueue
  var parser = FrameHeaderParser()
  var state: ReceiveState
  var frame: DataFrame?
  var control: ControlFrame?
  /// Answers to PINGs wait to leave.
  var hasAnswered = false
  /// CLOSE has come: what follows it on the stream is nobody's (RFC 6455 5.5.1).
  var hasReceivedClose = false
  /// What the next call is to be told.
  var failure: WebSocketError?
  /// Nothing more will be delivered.
  var hasEnded = false
  /// What `readiness` was told last.
  var isBuffered = false
  var keepAlive: KeepAliveClock?

  init(role: Role, input: consuming ByteQueue, keepAlive: KeepAlive?) {
    self.input = input
    state = ReceiveState(role: role)
    self.keepAlive = keepAlive.map { KeepAliveClock($0) }
  }

  /// A call would deliver something, or say why nothing more comes, without asking the socket.
  var hasSomething: Bool {
    if failure != nil || hasEnded { return true }
    if let frame { return frame.remaining == 0 || !input.isEmpty }
    return control?.isDeliverable == true
  }
}
