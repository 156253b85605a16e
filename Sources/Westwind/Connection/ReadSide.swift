internal import WebSocketProtocol
internal import WestwindSockets

/// What the read lock protects.
///
/// It is passed on by reference throughout (`inout`, also to who only looks at it): a noncopyable value that is lent may
/// be handed over as a copy of its bytes, and these are many.
struct ReadSide: ~Copyable {
  /// The data frame whose payload is being read.
  struct DataFrame {
    let type: MessageType
    let key: MaskingKey?
    /// Payload bytes still to be delivered.
    var remaining: UInt64
    /// Payload bytes delivered.
    var offset = 0
    /// All of the payload waits in `inflation`; none of it is in the input.
    var isInflated = false
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

  /// A compressed data frame whose payload is arriving.
  struct CompressedFrame {
    let type: MessageType
    let key: MaskingKey?
    /// Payload bytes, as they are on the wire, still to be inflated.
    var remaining: UInt64
    /// Those that have been.
    var offset = 0
  }

  var input: ByteQueue
  var parser = FrameHeaderParser()
  var state: ReceiveState
  var frame: DataFrame?
  /// Of the last data frame, where it was half of the input or more: the next is likely to be like it, and is then read
  /// so that no payload has to be moved.
  var large = FrameSize()
  var compressed: CompressedFrame? { didSet { isCalm = false } }
  /// Where permessage-deflate was agreed on.
  private(set) var inflation: Inflation?
  var control: ControlFrame? { didSet { isCalm = false } }
  /// Answers to PINGs wait to leave.
  var hasAnswered = false
  /// CLOSE has come: what follows it on the stream is nobody's (RFC 6455 5.5.1).
  var hasReceivedClose = false
  /// Has memory of its own, since an error is large and there mostly is none.
  private var failureBox: Failure?
  /// Nothing more will be delivered.
  var hasEnded = false { didSet { isCalm = false } }
  /// Nothing is under way but plain data frames. `settle` says so, and whatever makes it otherwise takes it back.
  var isCalm = false
  /// What `readiness` was told last.
  var isBuffered = false
  var prediction = WaitPrediction()
  /// How many frames had been sent at the last read.
  var framesSent: UInt64 = 0
  /// The descriptor below holds more in its own buffers (TLS does), for which it does not poll readable.
  var isMoreBelow = false
  /// A call has ended although there may be more.
  var isCutShort = false
  var keepAlive: KeepAliveClock?

  private final class Failure: Sendable {
    let error: WebSocketError

    init(_ error: WebSocketError) { self.error = error }
  }

  init(role: Role, input: consuming ByteQueue, inflation: Inflation?, keepAlive: KeepAlive?) {
    self.input = input
    self.inflation = inflation
    state = ReceiveState(role: role, allowsCompression: inflation != nil)
    self.keepAlive = keepAlive.map { KeepAliveClock($0) }
  }

  /// What the next call is to be told.
  var failure: WebSocketError? {
    @inline(__always) get { failureBox?.error }
    set {
      failureBox = newValue.map { Failure($0) }
      isCalm = false
    }
  }

  @inline(__always) var hasFailed: Bool { failureBox != nil }

  /// The bytes of header and payload where the input begins with a frame of the common kind (`ReceiveState.wholeBinary`)
  /// that is not empty.
  @inline(__always) var commonFrame: (header: Int, payload: Int)? {
    guard let word = input.firstWord, let (header, payload) = state.wholeBinary(word), payload > 0 else { return nil }
    return (header, payload)
  }

  /// The same where all of the payload waits.
  @inline(__always) var wholeFrame: (header: Int, payload: Int)? {
    guard let frame = commonFrame, frame.header + frame.payload <= input.count else { return nil }
    return frame
  }

  /// Gives back all memory that is not its own.
  mutating func empty() {
    frame = nil
    compressed = nil
    input.drop(input.count)
    input.releaseIfEmpty()
    inflation = nil
  }

  @inline(__always) var mayBeCalm: Bool {
    !hasEnded && !hasReceivedClose && control == nil && compressed == nil && inflation == nil && keepAlive == nil
      && !hasFailed
  }

  /// A call would deliver something, or say why nothing more comes, without asking the socket.
  @inline(__always) var hasSomething: Bool {
    if hasFailed || hasEnded { return true }
    if let frame { return frame.remaining == 0 || frame.isInflated || !input.isEmpty }
    return control?.isDeliverable == true
  }
}
