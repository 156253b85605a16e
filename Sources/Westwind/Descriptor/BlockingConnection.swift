internal import PerMessageDeflate
internal import Synchronization
internal import SystemPackage
internal import WebSocketEngine
internal import WebSocketProtocol
internal import WestwindBuffers
internal import WestwindConfiguration
internal import WestwindSockets

/// A blocking ws descriptor: the engine's two halves, each under a lock of its own, and what it takes to wait.
///
///     writeSide  SendEngine      readSide  ReceiveEngine       queue     control frames of the connection's own
///        |                          |                            |
///        +---- below (a descriptor) +                         readiness  the kernel descriptor that is polled
///
/// - One thread can send while another receives; any number of threads may do either, one after the other.
/// - Control frames of the read side's (answers, PING of the connection's own) that do not find the write lock free go
///   through `queue`: the holder of the write lock sends them, and nobody waits for it.
/// - Locks are taken in this order: `joined`, read side, write side, and then `queue`, `closeStatus` or `readiness`.
/// - `state` is one word, to which each thread adds what it finds out.
final class BlockingConnection: Sendable {
  let role: Role
  /// The socket below, and its operations, looked up once.
  let socket: SocketDescriptor
  let below: any SocketOperations
  /// The number of the socket below, if it is the kernel's; -1 for a layer.
  let kernelNumber: CInt
  /// The ws descriptor's number.
  let number: CInt
  let subprotocol: String?
  /// What was agreed on; nil for no compression.
  let compression: PerMessageDeflateParameters?
  let maxMessageSize: Atomic<Int>
  /// The most payload of which the transmit buffer holds a whole frame.
  let bufferedPayload: Int

  let writeSide: Lock<WriteSide>
  let readSide: Lock<ReadSide>
  /// A message that `receiveMessage` has joined in part when its time was over.
  let joined = Lock<JoinedMessage?>(nil)
  let queue = Lock(ControlQueue())
  let readiness: Lock<Readiness>
  let closeStatus = Lock<CloseStatus?>(nil)
  /// Each ends the wait of the thread that has its side's lock.
  let readWaker = Waker()
  let writeWaker = Waker()
  /// A body that the caller gave runs under the side's lock, for as long as it likes.
  let isReadLent = Atomic<Bool>(false)
  let isWriteLent = Atomic<Bool>(false)
  /// Which process opened the connection: in one that was forked off, a lock may be held by a thread that is not there.
  private let forks = currentForkCount()

  private let stateBits = Atomic<UInt8>(0)
  /// Something is in `queue`.
  let hasQueued = Atomic<Bool>(false)
  /// Bytes wait in the write side that the socket did not take at once.
  let hasPendingOutput = Atomic<Bool>(false)
  /// How many `withCork` are open; whose is in `queue`.
  let corks = Atomic<Int>(0)
  let isNonBlockingMode = Atomic<Bool>(false)
  /// How long calls without a timeout may wait.
  let timeouts: CallTimeouts
  /// The socket below is closed, and its number may be another file's.
  let isSocketLost = Atomic<Bool>(false)
  let answersControlFrames: Atomic<Bool>
  let allowsAnyMask: Atomic<Bool>
  let plainSendOpcode: Atomic<UInt8>
  let traffic = Traffic()
  /// Memory, for as long as bytes wait. The last is for compressed frames, both ways.
  let inputPool: BufferPool
  let outputPool: BufferPool
  let compressionPools: CompressionPools?

  /// - Parameter input: what it holds are the first frames.
  init(
    role: Role, socket: SocketDescriptor, options: WebSocketOptions, input: consuming ByteQueue, subprotocol: String?,
    compression: PerMessageDeflateParameters?
  ) throws(WebSocketError) {
    self.role = role
    self.socket = socket
    below = socket.operations
    kernelNumber = socket.layer == nil ? socket.rawValue : -1
    self.subprotocol = subprotocol
    self.compression = compression
    maxMessageSize = Atomic(options.maxMessageSize)
    answersControlFrames = Atomic(options.controlFrames == .automatic)
    allowsAnyMask = Atomic(options.allowUnmasked)
    plainSendOpcode = Atomic(options.sendOpcode.rawValue)
    let readiness: Readiness
    do throws(Errno) {
      readiness = try Readiness(watching: below.readableNumber, output: below.writableNumber)
    } catch {
      throw .system(error)
    }
    number = readiness.number
    self.readiness = Lock(readiness)
    timeouts = CallTimeouts(of: below)
    inputPool = .ofConnections(capacity: ByteQueue.inputCapacity(options))
    // A frame's header comes on top, so that payload of the buffer's size leaves in one write.
    outputPool = .ofConnections(capacity: options.transmitBufferSize + FrameHeader.maximumEncodedLength)
    let output = ByteQueue(capacity: outputPool.capacity)
    let room = output.capacity - FrameHeader.maximumEncodedLength
    // Payload that does not shrink grows, by some thirteen hundredths at the most (zlib's `deflateBound`).
    bufferedPayload = compression == nil ? room : room - room / 8 - 32
    let now = options.ping == nil ? 0 : Deadline.now.nanoseconds
    let ping = options.ping.map {
      KeepAliveTimes(
        interval: Timeout($0.interval).nanoseconds, timeout: Timeout($0.timeout).nanoseconds)
    }
    guard let compression else {
      compressionPools = nil
      writeSide = Lock(WriteSide(SendEngine(output: output)))
      readSide = Lock(ReadSide(ReceiveEngine(role: role, input: input, keepAlive: ping, now: now)))
      return
    }
    let frameSize = (sent: output.capacity, received: max(64, options.receiveBufferSize))
    compressionPools = CompressionPools(sentFrame: frameSize.sent, receivedFrame: frameSize.received)
    writeSide = Lock(
      WriteSide(
        SendEngine(
          role: role, output: output, compression: compression, options: options.compression ?? .init(),
          frameSize: frameSize.sent)))
    readSide = Lock(
      ReadSide(
        ReceiveEngine(
          role: role, input: input, compression: compression, messageLimit: options.maxMessageSize,
          frameSize: frameSize.received, keepAlive: ping, now: now)))
  }

  deinit {
    inputPool.leave()
    outputPool.leave()
    compressionPools?.leave()
  }

  /// The descriptor is listed: what waits in the input already makes it readable, and the clock runs.
  func begin() {
    _ = readSide.withLock(until: .forever) { side in settle(&side) }
  }

  /// Whether this process opened the connection, and not the one that it was forked off from.
  var isOfThisProcess: Bool { forks == currentForkCount() }

  // MARK: State

  @inline(__always) var state: CloseState { CloseState(rawValue: stateBits.load(ordering: .sequentiallyConsistent)) }

  /// Adds facts.
  ///
  /// - Returns: those that held before.
  @discardableResult
  func note(_ facts: CloseState) -> CloseState {
    CloseState(rawValue: stateBits.bitwiseOr(facts.rawValue, ordering: .sequentiallyConsistent).oldValue)
  }

  /// Adds what a half of the engine has found out.
  @inline(__always) func note(_ facts: CloseState, over before: CloseState) {
    if facts != before { note(facts) }
  }

  /// Ends the stream for both directions.
  func markFailed() {
    note(.failed)
    wakeAll()
  }

  /// Has blocked calls, and programs that poll, look at the state.
  func wakeAll() {
    readWaker.wake()
    writeWaker.wake()
    readiness.withLock { $0.wake() }
  }

  /// The error of every call after the end.
  var ended: WebSocketError { .notConnected(closeStatus.withLock { $0 }) }
}

/// What has gone over the connection: payload bytes and frames of every kind. Each number has one writer at a time, the holder
/// of its side's lock, who copies the engine's.
struct Traffic: ~Copyable, Sendable {
  let framesSent = Atomic<UInt64>(0)
  let bytesSent = Atomic<UInt64>(0)
  let framesReceived = Atomic<UInt64>(0)
  let bytesReceived = Atomic<UInt64>(0)
  /// How many times a part of a frame has left that is larger than the transmit buffer.
  let partsSent = Atomic<UInt64>(0)

  func notePartSent() { partsSent.store(partsSent.load(ordering: .relaxed) &+ 1, ordering: .relaxed) }

  @inline(__always) func noteSent(_ side: inout WriteSide) {
    framesSent.store(side.engine.framesSent, ordering: .relaxed)
    bytesSent.store(side.engine.bytesSent, ordering: .relaxed)
  }

  @inline(__always) func noteReceived(_ side: inout ReadSide) {
    framesReceived.store(side.engine.framesReceived, ordering: .relaxed)
    bytesReceived.store(side.engine.bytesReceived, ordering: .relaxed)
  }
}

/// What the read lock protects. It is passed on by reference throughout, as the engine is.
struct ReadSide: ~Copyable {
  var engine: ReceiveEngine
  /// Of the last data frame, if it was half of the input or more: the next is likely to be like it, and is then read so that
  /// no payload has to be moved.
  var large = FrameSize()
  /// How many frames had begun when `large` was noted.
  var framesNoted: UInt64 = 0
  /// What `readiness` was told last.
  var isBuffered = false
  /// The moment that the timer is set for.
  var timerDeadline: Int64 = 0
  var prediction = WaitPrediction()
  /// How far the peer had taken what is sent, when a PING of the connection's own was made, or its PONG was overdue.
  var progress = PeerProgress()
  /// How many frames had been sent at the last read.
  var framesSent: UInt64 = 0
  /// The descriptor below holds more in its own buffers (TLS does), for which it does not poll readable.
  var isMoreBelow = false
  /// A call has ended although there may be more.
  var isCutShort = false

  init(_ engine: consuming ReceiveEngine) { self.engine = engine }
}

/// What the write lock protects.
struct WriteSide: ~Copyable {
  var engine: SendEngine
  var keys = MaskingKeys()
  /// The socket did not take all of the output, and `readiness` has been told.
  var isWaitingForRoom = false

  init(_ engine: consuming SendEngine) { self.engine = engine }
}

/// The memory of compressed frames.
struct CompressionPools: BufferSource, Sendable {
  private let sent: BufferPool
  private let received: BufferPool

  init(sentFrame: Int, receivedFrame: Int) {
    sent = .ofConnections(capacity: Deflation.capacity(forFrame: sentFrame))
    received = .ofConnections(capacity: receivedFrame)
  }

  func take(_ capacity: Int) -> Buffer { capacity == sent.capacity ? sent.take(capacity) : received.take(capacity) }

  func give(_ buffer: consuming Buffer) {
    if buffer.capacity == sent.capacity { sent.give(buffer) } else { received.give(buffer) }
  }

  func leave() {
    sent.leave()
    received.leave()
  }
}

extension BufferPool {
  static func ofConnections(capacity: Int) -> BufferPool {
    .shared(capacity: capacity, limit: BuildConfiguration.WEBSOCKET_POOL_BUFFERS)
  }
}
