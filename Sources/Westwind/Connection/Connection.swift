internal import PerMessageDeflate
internal import Synchronization
internal import SystemPackage
internal import WebSocketProtocol
internal import WestwindSockets

/// What stands behind a ws descriptor.
///
/// - The write side and the read side have a lock each, so one thread can send while another receives; any number of
///   threads may do either, one after the other.
/// - What the read side wants sent (the answers to PING and CLOSE, PING of the connection's own) goes through
///   `queue`: whoever holds the write lock next sends it, and nobody waits for it.
/// - `readiness` is the kernel number, `phase` the end of it all.
final class Connection: Sendable {
  enum Phase: UInt8 {
    case open
    /// The stream cannot be used any more; the descriptor is still there.
    case failed
    /// Disconnected: the descriptor is gone, or about to be.
    case disconnected
  }

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
  let maxMessageSize: Int
  /// The most payload of which the transmit buffer holds a whole frame.
  let bufferedPayload: Int

  let writeSide: Lock<WriteSide>
  let readSide: Lock<ReadSide>
  /// What `receiveMessage` has joined when its time was over. Its lock comes before the read side's.
  let partialMessages = Lock<PartialMessage?>(nil)
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

  /// It has its number still; once it has been freed the number may be anyone's.
  let isListed = Atomic<Bool>(true)
  let phaseValue = Atomic<UInt8>(Phase.open.rawValue)
  /// Something is in `queue`.
  let hasQueued = Atomic<Bool>(false)
  /// Bytes wait in the write side that the socket did not take at once.
  let hasPendingOutput = Atomic<Bool>(false)
  /// How many `withCork` are open.
  let corks = Atomic<Int>(0)
  let isReadShut = Atomic<Bool>(false)
  let isNonBlockingMode = Atomic<Bool>(false)
  let answersControlFrames: Atomic<Bool>
  let allowsAnyMask: Atomic<Bool>
  let plainSendOpcode: Atomic<UInt8>
  let traffic = Traffic()

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
    maxMessageSize = options.maxMessageSize
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
    // A frame's header comes on top, so that payload of the buffer's size leaves in one write.
    let output = ByteQueue(
      pool: .shared(capacity: options.transmitBufferSize + FrameHeader.maximumEncodedLength))
    let room = output.capacity - FrameHeader.maximumEncodedLength
    // Payload that does not shrink grows, by some thirteen hundredths at the most (zlib's `deflateBound`).
    bufferedPayload = compression == nil ? room : room - room / 8 - 32
    let frameSize = output.capacity
    writeSide = Lock(
      WriteSide(
        output: output,
        deflation: compression.map {
          Deflation(role: role, $0, options.compression ?? .init(), frameSize: frameSize)
        }))
    readSide = Lock(
      ReadSide(
        role: role, input: input,
        inflation: compression.map {
          Inflation(
            role: role, $0, limit: options.maxMessageSize, frameSize: options.receiveBufferSize)
        }, keepAlive: options.ping))
  }

  /// The descriptor is listed: what waits in the input already makes it readable, and the clock runs.
  func begin() {
    _ = readSide.withLock(until: .forever) { side in
      settle(&side)
      armTimer(&side)
    }
  }

  /// Whether this process opened the connection, and not the one that it was forked off from.
  var isOfThisProcess: Bool { forks == currentForkCount() }

  var phase: Phase {
    get { Phase(rawValue: phaseValue.load(ordering: .sequentiallyConsistent)) ?? .disconnected }
  }

  /// Marks the stream as of no more use. A disconnected connection stays so.
  func markFailed() {
    _ = phaseValue.compareExchange(
      expected: Phase.open.rawValue, desired: Phase.failed.rawValue, ordering: .sequentiallyConsistent)
    readWaker.wake()
    writeWaker.wake()
    readiness.withLock { $0.wake() }
  }

  /// The error of every call after the end.
  var ended: WebSocketError {
    .notConnected(closeStatus.withLock { $0 })
  }
}

/// What has gone over the connection: payload bytes and frames of every kind. Each number has one writer at a time,
/// the holder of its side's lock.
struct Traffic: ~Copyable, Sendable {
  let framesSent = Atomic<UInt64>(0)
  let bytesSent = Atomic<UInt64>(0)
  let framesReceived = Atomic<UInt64>(0)
  let bytesReceived = Atomic<UInt64>(0)

  func noteSent(bytes: Int) {
    framesSent.store(framesSent.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
    bytesSent.store(bytesSent.load(ordering: .relaxed) &+ UInt64(bytes), ordering: .relaxed)
  }

  func noteReceivedFrame() {
    framesReceived.store(framesReceived.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
  }

  func noteReceived(bytes: Int) {
    bytesReceived.store(bytesReceived.load(ordering: .relaxed) &+ UInt64(bytes), ordering: .relaxed)
  }
}
