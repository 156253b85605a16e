internal import SocketLayer
internal import WebSocketProtocol

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

  /// What a large frame takes.
  struct FrameSize {
    /// Bytes; 0 for a frame that is not large.
    var header = 0
    var payload = 0
    var isMasked = false
  }

  var input: ByteQueue
  var parser = FrameHeaderParser()
  var state: ReceiveState
  var frame: DataFrame?
  /// Of the last data frame, where it was half of the input or more: the next is likely to be like it, and is then read
  /// so that no payload has to be moved.
  private var large = FrameSize()
  var compressed: CompressedFrame? { didSet { isCalm = false } }
  /// Where permessage-deflate was agreed on.
  private(set) var inflation: Inflation?
  var control: ControlFrame? { didSet { isCalm = false } }
  /// Answers to PINGs wait to leave.
  var hasAnswered = false
  /// CLOSE has come: what follows it on the stream is nobody's (RFC 6455 5.5.1).
  var hasReceivedClose = false
  /// What the next call is to be told.
  var failure: WebSocketError? { didSet { isCalm = false } }
  /// Nothing more will be delivered.
  var hasEnded = false { didSet { isCalm = false } }
  /// Nothing is under way but plain data frames. `settle` says so, and whatever makes it otherwise takes it back.
  var isCalm = false
  /// What `readiness` was told last.
  var isBuffered = false
  /// The descriptor below holds more in its own buffers (TLS does), for which it does not poll readable.
  var isMoreBelow = false
  var keepAlive: KeepAliveClock?

  init(role: Role, input: consuming ByteQueue, inflation: Inflation?, keepAlive: KeepAlive?) {
    self.input = input
    self.inflation = inflation
    state = ReceiveState(role: role, allowsCompression: inflation != nil)
    self.keepAlive = keepAlive.map { KeepAliveClock($0) }
  }

  @inline(__always) mutating func noteSize(header: Int, payload: UInt64, isMasked: Bool = false) {
    large.header = 0
    guard payload >= UInt64(input.capacity / 2) else { return }
    large = FrameSize(header: header, payload: Int(min(payload, 1 << 40)), isMasked: isMasked)
  }

  /// The bytes of header and payload where the input begins with a frame of the common kind, all of whose payload waits.
  @inline(__always) var wholeFrame: (header: Int, payload: Int)? {
    guard let word = input.firstWord, let (header, payload) = state.wholeBinary(word), payload > 0,
      header + payload <= input.count
    else { return nil }
    return (header, payload)
  }

  /// The most bytes to read where the next frame's header is to come.
  ///
  /// - Parameter room: of the caller's memory that is to have the payload.
  @inline(__always) func sizeOfFirstRead(room: Int) -> Int {
    large.header == 0 ? .max : sizeOfFirstRead(large, room: room)
  }

  private func sizeOfFirstRead(_ large: FrameSize, room: Int) -> Int {
    guard input.isEmpty, parser.isAtStart, compressed == nil, control == nil else { return .max }
    // What is not masked goes straight to the caller; the rest begins at the front of the input.
    if !large.isMasked, room >= input.capacity / 2 { return large.header }
    return large.header + large.payload <= input.capacity ? large.header + large.payload : .max
  }

  /// The most bytes to read where more of the present frame is to come, so that nothing but a header follows it.
  var sizeOfNextRead: Int {
    guard large.header > 0, let frame else { return .max }
    return Int(min(frame.remaining, UInt64(large.payload))) - input.count + large.header
  }

  /// How much payload is worth a read of its own, straight into the caller's memory. Less goes through the input, and the
  /// same read brings the next header.
  var sizeOfDirectRead: Int { large.header == 0 ? input.capacity / 2 : min(4096, input.capacity / 2) }

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
      && failure == nil
  }

  /// A call would deliver something, or say why nothing more comes, without asking the socket.
  @inline(__always) var hasSomething: Bool {
    if failure != nil || hasEnded { return true }
    if let frame { return frame.remaining == 0 || frame.isInflated || !input.isEmpty }
    return control?.isDeliverable == true
  }
}
